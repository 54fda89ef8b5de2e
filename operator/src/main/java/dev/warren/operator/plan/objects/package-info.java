/**
 * Pure: compares desired Kubernetes objects with those that exist, and plans those that all nodes
 * share: Secrets, ConfigMaps, Services.
 */
package dev.warren.operator.plan.objects;
