package dev.warren.gateway.dispatch;

import java.util.Map;
import java.util.Optional;

/**
 * A request that delivers a message.
 *
 * @param headers by name; names are tokens, values printable ASCII
 * @param body empty if the method has none
 */
record DeliveryRequest(String method, Map<String, String> headers, Optional<byte[]> body) {}
