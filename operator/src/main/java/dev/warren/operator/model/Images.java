package dev.warren.operator.model;

/**
 * The container images that the operator itself runs.
 *
 * @param queueNode of queue nodes whose spec names none
 * @param gateway of what stands between the nodes and those who do not speak AMQP
 */
public record Images(String queueNode, String gateway) {}
