// What listens in a Pod, found as anybody finds it: by asking a port.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Protocol } from '#netfilter/packet.ts'
import type { Answer, Exchange, ListeningSocket } from '#network/world.ts'
import type { DiagnosisContext } from './context.ts'

/** Where the question comes from: another Pod, as far as the program can tell. */
const CLIENT = '10.244.255.254:40000'
/** TCPMUX: nothing in a container listens there. */
const UNUSED_PORT = 1

export const askPort = (
  { world }: DiagnosisContext,
  { metadata }: Pod,
  protocol: Protocol,
  port: number,
  http?: NonNullable<Exchange['http']>,
): Answer | undefined => {
  const pod = world.pod(metadata.namespace ?? '', metadata.name!)
  // what runs on a machine without power cannot be asked
  if (pod === undefined || world.node(pod.nodeName)?.isOn !== true) return undefined
  return world.askPod(pod, {
    protocol,
    port,
    client: CLIENT,
    ...(http === undefined ? {} : { http }),
  })
}

export const socketsOf = (context: DiagnosisContext, pod: Pod): readonly ListeningSocket[] => {
  const answer = askPort(context, pod, 'tcp', UNUSED_PORT)
  return answer?.kind === 'refused' ? answer.listeningOn : []
}
