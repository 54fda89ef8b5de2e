package dev.warren.operator.observation;

/**
 * What RabbitMQ's statistics report of a queue.
 *
 * @param consumers its consumers, in any client. Those that wait for their turn at a queue with a
 *     single active consumer count too.
 * @param ready messages that no consumer holds; in a stream, all messages
 */
public record ConsumerCount(long consumers, long ready) {}
