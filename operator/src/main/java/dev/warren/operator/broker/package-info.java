/**
 * Effects: all that talks to a broker, by its management API, by commands in Pods, and by what is
 * internal to RabbitMQ.
 */
package dev.warren.operator.broker;
