package dev.warren.operator.reconcile;

import dev.warren.api.v1alpha1.MessageTopology;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;

/** Makes what a MessageTopology says. */
@ControllerConfiguration(name = "warren-operator")
public class MessageTopologyReconciler implements Reconciler<MessageTopology> {

  @Override
  public UpdateControl<MessageTopology> reconcile(
      MessageTopology topology, Context<MessageTopology> context) {
    return UpdateControl.noUpdate();
  }
}
