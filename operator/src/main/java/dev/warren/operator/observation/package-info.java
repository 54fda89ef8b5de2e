/**
 * Pure: what was observed of Kubernetes, of the broker and of the load, as values. Nothing here
 * says what to do about it.
 */
package dev.warren.operator.observation;
