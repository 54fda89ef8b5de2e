/**
 * Effects: everything that talks to a broker, through its management API, commands in Pods, and
 * RabbitMQ's internals.
 */
package dev.warren.operator.broker;
