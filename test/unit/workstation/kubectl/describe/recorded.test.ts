// What the real kubectl 1.36 printed of these objects: scripts/record-descriptions.mjs wrote it down.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { describeObject } from '#kubectl/describe/describe.ts'
import { recordedContext, type Recorded } from '../../../../support/recorded-descriptions.ts'

const FILE = path.resolve(import.meta.dirname, '../../../../fixtures/describe/recorded.json')
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded

describe('objects are described as the real kubectl describes them', () => {
  test.each(recorded.descriptions)('$resource $namespace $name', (description) => {
    const { resource, namespace, name, text } = description
    const context = recordedContext(recorded)
    const object = context.get(resource, namespace, name) as KubeObject
    expect(describeObject(context, object)).toBe(text)
  })

  test('without Events if they are not wanted', () => {
    const context = { ...recordedContext(recorded), showEvents: false }
    for (const { resource, namespace, name, text } of recorded.descriptions) {
      const described = describeObject(context, context.get(resource, namespace, name)!)
      expect(described).not.toMatch(/^Events:/m)
      expect(text.startsWith(described.slice(0, 40))).toBe(true)
    }
  })
})
