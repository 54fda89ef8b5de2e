/** Effects: carries out plans in Kubernetes, in their order, and records Events. */
package dev.warren.operator.execute;
