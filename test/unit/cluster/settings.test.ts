import { describe, expect, it } from 'vitest'
import { DELAYS, settingsOf, type SettingsRequest } from '#settings.ts'

describe('how long the proxies wait', () => {
  it.each<[SettingsRequest, number]>([
    [{}, DELAYS.lively.proxySync],
    [{ delays: 'real' }, DELAYS.real.proxySync],
    [{ delays: 'real', proxySync: 20 }, 20],
    [{ proxySync: 0 }, 0],
    [{ template: 'bare', delays: 'real' }, 0],
    [{ template: 'bare', proxySync: 500 }, 500],
  ])('%j: %i ms', (request, milliseconds) => {
    expect(settingsOf(request).delays.proxySync).toBe(milliseconds)
  })
})
