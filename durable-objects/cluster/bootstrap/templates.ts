import type { SettingsRequest } from '#settings.ts'

const deployment = (app: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app}
  labels:
    app: ${app}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${app}
  template:
    metadata:
      labels:
        app: ${app}
    spec:
      containers:
      - name: ${app}
        image: bootdotdev/${app}:latest
`

const service = (
  name: string,
  app: string,
  extra: string,
  nodePort: string,
): string => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:${extra}
  selector:
    app: ${app}
  ports:
  - protocol: TCP
    port: 80
    targetPort: 8080${nodePort}
`

/** The tutorial's application, as it stands at its end. */
const SYNERGYCHAT = [
  deployment('synergychat-web'),
  deployment('synergychat-api'),
  deployment('synergychat-crawler'),
  service('web-service', 'synergychat-web', '', ''),
  service('api-service', 'synergychat-api', '\n  type: NodePort', '\n    nodePort: 30080'),
  service('crawler-service', 'synergychat-crawler', '', ''),
].join('---\n')

/** What a template applies to a new cluster beyond its settings: manifests, or undefined for none. */
export const templateManifests = ({ template }: SettingsRequest): string | undefined =>
  template === 'synergychat' ? SYNERGYCHAT : undefined
