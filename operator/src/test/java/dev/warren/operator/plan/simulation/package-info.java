/**
 * Kubernetes, its machines, the queue nodes and the broker, as far as plans depend on them. {@link
 * dev.warren.operator.plan.simulation.InMemoryCluster} carries out what a plan says as the real
 * ones would, and fails at once where that would do harm.
 */
package dev.warren.operator.plan.simulation;
