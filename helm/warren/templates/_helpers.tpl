{{/* The name of everything of this release; Helm bounds a release's name to 53 characters. */}}
{{- define "warren.name" -}}
{{ contains "warren" .Release.Name | ternary .Release.Name (printf "%s-warren" .Release.Name) }}
{{- end }}

{{/* The name of what stands where releases of other namespaces have theirs too. */}}
{{- define "warren.wideName" -}}
{{ .Release.Namespace }}-{{ include "warren.name" . }}
{{- end }}

{{- define "warren.selector" -}}
app.kubernetes.io/name: warren
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "warren.labels" -}}
{{ include "warren.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: warren
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "warren.registry" -}}
{{ .Values.registry | required "registry is not set, and no images of Warren are published yet. Build and push them by `make images REGISTRY=registry.example PUSH=1`, and set registry to the same; or set image.repository, queueNode.image and gateway.image." }}
{{- end }}

{{- define "warren.image" -}}
{{- with .Values.image -}}
{{ with .repository }}{{ . }}{{ else }}{{ include "warren.registry" $ }}/operator{{ end -}}
{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "warren.queueNodeImage" -}}
{{ with .Values.queueNode.image }}{{ . }}{{ else }}{{ include "warren.registry" $ }}/queue-node:{{ $.Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "warren.gatewayImage" -}}
{{ with .Values.gateway.image }}{{ . }}{{ else }}{{ include "warren.registry" $ }}/gateway:{{ $.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* "true" or "false". */}}
{{- define "warren.usersAreAssigned" -}}
{{- $openshift := .Capabilities.APIVersions.Has "security.openshift.io/v1" -}}
{{- or (eq .Values.assignedUsers "always") (and (eq .Values.assignedUsers "auto") $openshift) -}}
{{- end }}

{{/* What the restricted Pod Security profile asks of a pod, and of a container. */}}
{{- define "warren.podSecurity" -}}
runAsNonRoot: true
{{- if eq (include "warren.usersAreAssigned" .) "false" }}
runAsUser: 65532
runAsGroup: 65532
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "warren.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* Where a monitor finds the Pods of topologies that this release serves. */}}
{{- define "warren.served" -}}
namespaceSelector:
  {{- if .Values.watchNamespaces }}
  matchNames: {{ toJson .Values.watchNamespaces }}
  {{- else }}
  any: true
  {{- end }}
{{- end }}
