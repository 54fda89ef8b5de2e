/**
 * Drives scaling through loads and faults, in simulated time, beside what else could scale: an HPA
 * and KEDA. {@code make simulate} prints and draws what comes of it.
 */
package dev.warren.operator.scaling.simulation;
