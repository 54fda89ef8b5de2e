package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class TopologyServicesTest {

  @Test
  void theServiceHasThePortOfAnEnabledPlugin() {
    assertThat(clients("nodes: {plugins: [rabbitmq_mqtt]}").getSpec().getPorts())
        .extracting(ServicePort::getName, ServicePort::getPort)
        .containsExactly(
            tuple("amqp", 5672),
            tuple("amqps", 5671),
            tuple("mqtt", 1883),
            tuple("mqtt-tls", 8883));
    assertThat(clients("nodes: {}").getSpec().getPorts()).hasSize(2);
  }

  @Test
  void theServiceHasNoPortWithoutTlsIfClientsMustUseIt() {
    assertThat(
            clients("{nodes: {plugins: [rabbitmq_mqtt]}, tls: {clients: Required}}")
                .getSpec()
                .getPorts())
        .extracting(ServicePort::getName, ServicePort::getPort, ServicePort::getAppProtocol)
        .containsExactly(tuple("amqps", 5671, "amqps"), tuple("mqtt-tls", 8883, "secure-mqtt"));
  }

  @Test
  void theManagementApiHasAServiceThatTheFieldsOfTheClientsDoNotOpen() {
    Service service =
        services("endpoints: {service: {type: LoadBalancer, labels: {a: b}, annotations: {c: d}}}")
            .management();

    assertThat(service.getMetadata().getName()).isEqualTo("orders-management");
    assertThat(service.getMetadata().getLabels()).doesNotContainKey("a");
    assertThat(service.getMetadata().getAnnotations()).isNullOrEmpty();
    assertThat(service.getSpec().getType()).isEqualTo("ClusterIP");
    assertThat(service.getSpec().getSelector())
        .isEqualTo(clients("nodes: {}").getSpec().getSelector());
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getName, ServicePort::getPort, ServicePort::getAppProtocol)
        .containsExactly(tuple("management", 15671, "https"), tuple("prometheus", 15691, "https"));
  }

  @Test
  void theServiceHasTheFieldsOfTheResource() {
    Service service =
        clients(
            """
            nodes: {plugins: [rabbitmq_stream]}
            endpoints:
              service:
                type: LoadBalancer
                labels: {team: shop}
                annotations: {scheme: internal}
                nodePorts: {amqp: 31672, stream: 31552}
                loadBalancerClass: example.com/internal
                loadBalancerSourceRanges: [10.0.0.0/8]
                externalTrafficPolicy: Local
                ipFamilyPolicy: PreferDualStack
                ipFamilies: [IPv6, IPv4]
            """);

    assertThat(service.getMetadata().getLabels())
        .containsEntry("team", "shop")
        .containsEntry(Labels.TOPOLOGY, "orders");
    assertThat(service.getMetadata().getAnnotations()).containsEntry("scheme", "internal");
    ServiceSpec spec = service.getSpec();
    assertThat(spec.getLoadBalancerClass()).isEqualTo("example.com/internal");
    assertThat(spec.getLoadBalancerSourceRanges()).containsExactly("10.0.0.0/8");
    assertThat(spec.getExternalTrafficPolicy()).isEqualTo("Local");
    assertThat(spec.getIpFamilyPolicy()).isEqualTo("PreferDualStack");
    assertThat(spec.getIpFamilies()).containsExactly("IPv6", "IPv4");
    assertThat(spec.getPorts())
        .extracting(ServicePort::getName, ServicePort::getNodePort)
        .containsExactly(
            tuple("amqp", 31672),
            tuple("amqps", null),
            tuple("stream", 31552),
            tuple("stream-tls", null));
  }

  @Test
  void kubernetesChoosesTheOtherFields() {
    ServiceSpec spec = clients("nodes: {}").getSpec();

    assertThat(spec.getType()).isEqualTo("ClusterIP");
    assertThat(spec.getExternalTrafficPolicy()).isNull();
    assertThat(spec.getLoadBalancerClass()).isNull();
    assertThat(spec.getLoadBalancerSourceRanges()).isEmpty();
    assertThat(spec.getIpFamilyPolicy()).isNull();
    assertThat(spec.getIpFamilies()).isEmpty();
  }

  private static Service clients(String spec) {
    return services(spec).clients();
  }

  private static TopologyServices services(String spec) {
    return new TopologyServices(
        new Owner("shop", "orders", "uid-1"),
        ResourceNames.of("shop", "orders"),
        Serialization.unmarshal("---\n" + spec, MessageTopologySpec.class));
  }
}
