/**
 * Pure: how many replicas a consumer needs, from what was seen of its queue. No Kubernetes, no
 * broker and no clock: the samples carry their instants.
 */
package dev.warren.operator.scaling;
