package dev.warren.operator.plan;

import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.KubernetesAction.Delete;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Plans the consumers' Deployments. A consumer starts when its queue is there; one that runs is
 * never stopped because the broker does not answer.
 */
final class ConsumerPlanner {

  private final ResourceNames names;
  private final ConsumerDeployment deployments;
  private final Observation observed;

  ConsumerPlanner(ResourceNames names, ConsumerDeployment deployments, Observation observed) {
    this.names = names;
    this.deployments = deployments;
    this.observed = observed;
  }

  List<KubernetesAction> plan(List<ConsumerSpec> consumers) {
    ObjectPlanner objects = new ObjectPlanner(observed.objects());
    List<KubernetesAction> actions = new ArrayList<>();
    consumers.stream()
        .filter(consumer -> exists(consumer) || hasQueue(consumer))
        .map(deployments::deployment)
        .forEach(deployment -> objects.plan(deployment).ifPresent(actions::add));
    Set<String> wanted =
        consumers.stream().map(consumer -> names.consumer(consumer.name())).collect(toSet());
    observed
        .objects()
        .all(Deployment.class)
        .filter(deployment -> deployment.getMetadata().getLabels().containsKey(Labels.CONSUMER))
        .filter(deployment -> !wanted.contains(deployment.getMetadata().getName()))
        .map(deployment -> new Delete(deployment, "the resource has no such consumer any more"))
        .forEach(actions::add);
    return actions;
  }

  private boolean exists(ConsumerSpec consumer) {
    return observed.objects().find(Deployment.class, names.consumer(consumer.name())).isPresent();
  }

  private boolean hasQueue(ConsumerSpec consumer) {
    return observed
        .reachable()
        .map(broker -> broker.queues().containsKey(consumer.queue()))
        .orElse(false);
  }
}
