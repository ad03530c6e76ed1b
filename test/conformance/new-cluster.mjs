// Makes a fresh, bare session of the product at KUBARIUM_URL and prints the path of its kubeconfig, as parity.mjs wants it.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSession, kubeconfigOf } from '../support/session.mjs'

const url = process.env.KUBARIUM_URL ?? 'http://localhost:8787'
const session = await createSession(url, {
  template: 'bare',
  delays: 'instant',
  loadBalancer: 'none',
  title: process.env.PARITY_SCENARIO ?? '',
})
const file = path.join(mkdtempSync(path.join(tmpdir(), 'kubarium-parity-')), 'kubeconfig')
writeFileSync(file, await kubeconfigOf(url, session))
console.log(file)
