/**
 * Pure: what was observed of Kubernetes, the broker and the load, as values. Nothing here decides
 * what to do.
 */
package dev.warren.operator.observation;
