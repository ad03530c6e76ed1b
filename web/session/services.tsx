import { nameOf, type Service } from './objects.ts'
import type { ServiceView } from './service-map.ts'

const portsOf = ({ spec }: Service): string =>
  (spec.ports ?? [])
    .map(
      ({ port, protocol, nodePort }) =>
        `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`,
    )
    .join(', ')

const externalOf = ({ spec, status }: Service): string => {
  if (spec.type === 'ExternalName') return `→ ${spec.externalName ?? ''}`
  if (spec.type !== 'LoadBalancer') return ''
  const ingress = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname)
  return ingress.length === 0 ? '<pending>' : ingress.join(', ')
}

const Endpoints = ({ service, endpoints }: ServiceView) => {
  if (service.spec.type === 'ExternalName') return <span class="quiet">a name, no endpoints</span>
  if (endpoints.length > 0)
    return (
      <ul class="endpoints">
        {endpoints.map(({ address, state, pod }) => (
          <li key={`${address} ${pod ?? ''}`} class={state === 'ready' ? '' : 'not-ready'}>
            {address}
            {state === 'ready' ? '' : ` ${state}`}
          </li>
        ))}
      </ul>
    )
  return (
    <span class="quiet">
      {service.spec.selector === undefined
        ? 'none: it has no selector'
        : 'none: no Pod with an address matches'}
    </span>
  )
}

const Row = (view: ServiceView) => {
  const { service, hue } = view
  const { type, clusterIP, selector = {} } = service.spec
  return (
    <tr class={`hue-${hue}`}>
      <th scope="row" class="mono">
        {nameOf(service)}
      </th>
      <td>{type}</td>
      <td class="mono">{clusterIP}</td>
      <td class="mono">{externalOf(service)}</td>
      <td class="mono">{portsOf(service)}</td>
      <td class="mono quiet">
        {Object.entries(selector)
          .map(([key, value]) => `${key}=${value}`)
          .join(', ')}
      </td>
      <td class="last">
        <Endpoints {...view} />
      </td>
    </tr>
  )
}

export const ServiceTable = ({ views }: { readonly views: readonly ServiceView[] }) => (
  <table class="services">
    <thead>
      <tr>
        {['Name', 'Type', 'Cluster IP', 'Outside', 'Ports', 'Selector', 'Endpoints'].map(
          (title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ),
        )}
      </tr>
    </thead>
    <tbody>
      {views.map((view) => (
        <Row key={view.service.metadata.uid} {...view} />
      ))}
    </tbody>
  </table>
)
