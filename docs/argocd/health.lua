-- Argo CD's health of a MessageTopology, from its conditions.

-- Reasons that are steps of a change: nothing is wrong, unless it lasts. All others need somebody.
local progress = {
  CertificateUnknown = true,
  Conflict = true,
  ConsumerNotReady = true,
  Declaring = true,
  EndpointNotReady = true,
  GatewayNotReady = true,
  InProgress = true,
  IssuerNotReady = true,
  Leaving = true,
  Migrating = true,
  NodeLeaving = true,
  NodesStarting = true,
  Paused = true,
  QueueDegraded = true,
  QueueNotReady = true,
  RollingUpdate = true,
  SecretsNotReady = true,
  Starting = true,
  Terminating = true,
  Updating = true,
  VolumeGrowing = true,
}

local function condition(name)
  for _, one in ipairs(obj.status.conditions or {}) do
    if one.type == name then
      return one
    end
  end
  return {message = "Waiting for the operator"}
end

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "Waiting for the operator"}
end

local paused = condition("Paused")
if paused.status == "True" then
  return {status = "Suspended", message = paused.message}
end

local ready = condition("Ready")
if ready.status == "True" then
  return {status = "Healthy", message = ready.message}
end
if ready.status == "False" and not progress[ready.reason] then
  return {status = "Degraded", message = ready.message}
end
return {status = "Progressing", message = ready.message}
