/**
 * Pure: how many replicas a consumer needs, from observations of its queue. No Kubernetes, no
 * broker and no clock: the samples contain their instants.
 */
package dev.warren.operator.scaling;
