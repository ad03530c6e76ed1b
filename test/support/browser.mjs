// A headless Chromium: Debian's where there is one, else the one that an npm package brings.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const INSTALLED = '/usr/bin/chromium'

const packagedPath = async () => {
  // it brings the libraries that it needs, and unpacks them where it takes the machine for Lambda
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}

export const launchBrowser = async () =>
  chromium.launch({
    executablePath: existsSync(INSTALLED) ? INSTALLED : await packagedPath(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
