/**
 * Runs Warren's autoscaler, an HPA and KEDA with the same loads and faults in simulated time.
 * {@code make simulate} prints and draws the results.
 */
package dev.warren.operator.scaling.simulation;
