/** Effects: what the operator shows to Prometheus. */
package dev.warren.operator.metrics;
