/** The effects: reads Kubernetes and the broker, carries plans out, writes the status. */
package dev.warren.operator.reconcile;
