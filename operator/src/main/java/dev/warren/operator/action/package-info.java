/**
 * Pure: what can be done in Kubernetes and at the broker, and what keeps it from being done, as
 * values.
 */
package dev.warren.operator.action;
