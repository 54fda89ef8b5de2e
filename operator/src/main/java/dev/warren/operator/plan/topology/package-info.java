/**
 * Pure: plans what is declared in the broker: exchanges, queues, their members, bindings, users.
 */
package dev.warren.operator.plan.topology;
