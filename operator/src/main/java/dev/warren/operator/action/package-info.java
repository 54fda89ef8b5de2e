/** Pure: changes in Kubernetes and at the broker, and the problems that prevent them, as values. */
package dev.warren.operator.action;
