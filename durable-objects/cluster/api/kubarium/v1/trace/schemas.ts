// The schemas of Trace, with descriptions for `kubectl explain`.
import { apiVersion, kind, listSchema, OBJECT_META } from '#api/kubarium/v1/shared-schemas.ts'

const PREFIX = 'dev.kubarium.v1.'

const text = (description: string) => ({ type: 'string', description }) as const
const flag = (description: string) => ({ type: 'boolean', description }) as const
const whole = (description: string) => ({ type: 'integer', format: 'int32', description }) as const
const map = (description: string) =>
  ({ type: 'object', additionalProperties: { type: 'string', default: '' }, description }) as const
const part = (name: string, description: string) =>
  ({ $ref: `${PREFIX}${name}`, description }) as const

export const traceSchemas = {
  'dev.kubarium.v1.Trace': {
    type: 'object',
    description:
      'Trace is one request, followed on its way through the cluster: names, rules, addresses before and after, who answers, and the way back. It is sent when the Trace is created and each time its spec changes.',
    required: ['spec'],
    properties: {
      apiVersion,
      kind,
      metadata: { default: {}, $ref: OBJECT_META, description: "Standard object's metadata." },
      spec: { default: {}, ...part('TraceSpec', 'What is sent, by whom and to whom.') },
      status: { default: {}, ...part('TraceStatus', 'What became of it. Read-only.') },
    },
    'x-kubernetes-group-version-kind': [{ group: 'kubarium.dev', kind: 'Trace', version: 'v1' }],
  },
  'dev.kubarium.v1.TraceSpec': {
    type: 'object',
    description: 'TraceSpec is what is sent, by whom and to whom.',
    required: ['from', 'to'],
    properties: {
      body: text('The body of an HTTP request, or what is sent over TCP or UDP.'),
      from: { default: {}, ...part('TraceFrom', 'Who sends the request.') },
      headers: map('Header fields of an HTTP request.'),
      method: text('The method of an HTTP request. Defaults to GET.'),
      to: {
        default: '',
        ...text(
          'Where the request goes: http://NAME/PATH, https://, tcp://ADDRESS:PORT, udp:// or sctp://. Names are looked up as the sender looks them up.',
        ),
      },
    },
  },
  'dev.kubarium.v1.TraceFrom': {
    type: 'object',
    description: 'TraceFrom is who sends a request. Exactly one field must be set.',
    properties: {
      internet: flag('A computer somewhere on the internet. Must be true if it is set.'),
      node: text("The name of a Node: a program on the node's own network."),
      pod: text('A Pod: NAMESPACE/NAME, or the name of a Pod in the namespace of the Trace.'),
      workstation: flag(
        "The learner's own computer, in the network of the nodes. Must be true if it is set.",
      ),
    },
  },
  'dev.kubarium.v1.TraceStatus': {
    type: 'object',
    description: 'TraceStatus is what became of a request.',
    properties: {
      hops: {
        type: 'array',
        items: { default: {}, $ref: `${PREFIX}TraceHop` },
        'x-kubernetes-list-type': 'atomic',
        description: 'Each step of the way, there and back, in order.',
      },
      observedGeneration: {
        type: 'integer',
        format: 'int64',
        description: 'The generation of the spec that was sent.',
      },
      outcome: text(
        'What became of it: delivered, refused, timeout, nxdomain, no-route, rejected or dropped.',
      ),
      reply: part('TraceReply', 'What the program answered, if one did.'),
      says: text('Why, in a sentence.'),
    },
  },
  'dev.kubarium.v1.TraceReply': {
    type: 'object',
    description: 'TraceReply is what a program answered.',
    properties: {
      body: text('The body of the answer, or what came back over TCP or UDP.'),
      from: text('Who answered: NAMESPACE/NAME of a Pod, or a name outside the cluster.'),
      headers: map('Header fields of an HTTP answer.'),
      protocol: text('HTTP, TCP or UDP.'),
      status: whole('The status of an HTTP answer.'),
    },
  },
  'dev.kubarium.v1.TraceHop': {
    type: 'object',
    description: 'TraceHop is one step of the way.',
    properties: {
      before: part('TracePacket', 'The addresses before this step, where it changed them.'),
      dns: part('TraceDNS', 'A question for a name, and its answer.'),
      isAside: flag('A chain was looked into in which no rule matched: nothing came of it.'),
      isReply: flag('The step is on the way back.'),
      packet: part('TracePacket', 'The packet after this step.'),
      probability: {
        type: 'number',
        format: 'double',
        description: 'The chance, from 0 to 1, with which this way was taken.',
      },
      rule: part('TraceRule', "The line of the node's tables that decided."),
      says: text('The step in a sentence.'),
      station: text(
        'What a diagram would draw as a box: what the packet is addressed to from here on, or where it is.',
      ),
      what: text(
        'The kind of step: send, dns-query, dns-answer, route, rule, dnat, snat, conntrack, policy, forward, balance, deliver, request, reply, receive, refuse, reject, drop, lost and others.',
      ),
      where: part('TracePlace', 'Where the step happens.'),
    },
  },
  'dev.kubarium.v1.TracePlace': {
    type: 'object',
    description: 'TracePlace is where a step happens.',
    properties: {
      component: text('pod NAMESPACE/NAME, kernel, coredns, internet, workstation and others.'),
      node: text('The name of the Node. Absent outside the cluster.'),
    },
  },
  'dev.kubarium.v1.TracePacket': {
    type: 'object',
    description: "TracePacket is a packet's addresses.",
    properties: {
      destination: text('ADDRESS:PORT'),
      protocol: text('TCP, UDP, SCTP or ICMP.'),
      source: text('ADDRESS:PORT'),
    },
  },
  'dev.kubarium.v1.TraceRule': {
    type: 'object',
    description: "TraceRule is a line of a node's tables.",
    properties: {
      chain: text('The chain that the rule is in.'),
      number: whole('Its place in the chain, from 1, as iptables -L --line-numbers counts.'),
      table: text('The table that the chain is in.'),
      text: text('The line as iptables-save or nft print it.'),
      tried: whole('How many rules had been tried on this node until here.'),
    },
  },
  'dev.kubarium.v1.TraceDNS': {
    type: 'object',
    description: 'TraceDNS is a question for a name, and its answer.',
    properties: {
      answer: {
        type: 'array',
        items: { type: 'string', default: '' },
        'x-kubernetes-list-type': 'atomic',
        description: 'The records as zone files have them, with their TTLs.',
      },
      name: text('The name that was asked for.'),
      nameserver: text('The address that was asked.'),
      rcode: text('NOERROR, NXDOMAIN and others. Absent if no answer came.'),
      suffix: text('What of the search list was put behind the name.'),
      transport: text('UDP or TCP.'),
      type: text('A, AAAA and others.'),
    },
  },
  'dev.kubarium.v1.TraceList': listSchema('Trace', 'TraceList is a list of traces.', 'The traces.'),
} as const
