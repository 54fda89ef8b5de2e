/** Effects: the metrics for Prometheus. */
package dev.warren.operator.metrics;
