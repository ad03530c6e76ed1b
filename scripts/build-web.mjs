// Builds the page into dist/web: every .html and .css of web/ as it is, every entry in web/*.ts(x) bundled.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const OUT = 'dist/web'
rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })
if (existsSync('web')) {
  const files = readdirSync('web')
  for (const file of files.filter((name) => /\.(html|css|svg|png|ico|txt)$/.test(name)))
    cpSync(`web/${file}`, `${OUT}/${file}`)
  const entries = files.filter((name) => /^[a-z-]+\.entry\.tsx?$/.test(name))
  const entryPoints = Object.fromEntries(entries.map((name) => [name.split('.')[0], `web/${name}`]))
  if (entries.length > 0) {
    await build({
      entryPoints,
      outdir: OUT,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      sourcemap: 'linked',
      logLevel: 'warning',
    })
  }
}
