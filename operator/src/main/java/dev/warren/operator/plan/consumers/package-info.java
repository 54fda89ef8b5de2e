/** Pure: plans the Deployments of consumers. */
package dev.warren.operator.plan.consumers;
