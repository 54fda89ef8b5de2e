/** Effects: reads Kubernetes and the broker. Changes nothing. */
package dev.warren.operator.observe;
