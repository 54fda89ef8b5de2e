package dev.warren.operator.model;

import dev.warren.api.v1alpha1.EndpointsSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.api.v1alpha1.StorageSpec;
import dev.warren.api.v1alpha1.StorageSpec.VolumeDeletion;
import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Specs of queue nodes as the API server gives them: with the defaults of the API. */
final class NodesSpecs {

  private NodesSpecs() {}

  /** A topology with such nodes. */
  static MessageTopologySpec topology(String nodes) {
    return topology(nodes, null, TlsSpec.DEFAULTS);
  }

  /** A topology with such nodes, whose clients connect in this way. */
  static MessageTopologySpec topology(String nodes, Clients clients) {
    return topology(nodes, null, new TlsSpec(clients, null, null, null, null, null));
  }

  static MessageTopologySpec topology(String nodes, EndpointsSpec endpoints, TlsSpec tls) {
    return new MessageTopologySpec(of(nodes), null, null, null, null, endpoints, null, tls);
  }

  static NodesSpec of(String yaml) {
    NodesSpec said = Serialization.unmarshal(yaml.isBlank() ? "{}" : yaml, NodesSpec.class);
    return new NodesSpec(
        said.replicas() == null ? 3 : said.replicas(),
        said.image(),
        said.storage() == null
            ? new StorageSpec("10Gi", null, VolumeDeletion.Delete, null, null)
            : said.storage(),
        said.resources(),
        said.replaceAfter() == null ? "60s" : said.replaceAfter(),
        said.spreadAfter() == null ? "5m" : said.spreadAfter(),
        said.config(),
        said.plugins(),
        said.podTemplate());
  }
}
