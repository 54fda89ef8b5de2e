package dev.warren.operator.model;

/**
 * The container images that the operator itself runs.
 *
 * @param queueNode of queue nodes whose spec names no image
 * @param gateway of gateways and dispatchers
 */
public record Images(String queueNode, String gateway) {}
