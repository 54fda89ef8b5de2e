package dev.warren.operator.broker;

/**
 * How a queue node proves that it is the one that the operator means. An address alone proves
 * nothing: Kubernetes gives it to another Pod later.
 *
 * @param topology the topology whose node it is, with its namespace
 * @param host the node's host name, which its certificate must have
 * @param authorities PEM: the CAs, one of which must have signed the certificate
 */
public record NodeIdentity(String topology, String host, String authorities) {}
