/**
 * Pure: plans the queue nodes: which there are, their volumes and Pods, rolling updates, and
 * removals.
 */
package dev.warren.operator.plan.nodes;
