// Builds the page into dist/web: every .html and .css of web/ as it is, every entry in web/*.ts(x) bundled.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const OUT = 'dist/web'
mkdirSync(OUT, { recursive: true })

const files = readdirSync('web')
const copied = files.filter((name) => /\.(html|css|svg|png|ico|txt)$/.test(name))
for (const file of copied) cpSync(`web/${file}`, `${OUT}/${file}`)
// the screen of the terminal
cpSync('node_modules/@xterm/xterm/css/xterm.css', `${OUT}/xterm.css`)

const entries = files.filter((name) => /^[a-z-]+\.entry\.tsx?$/.test(name))
const names = entries.map((name) => name.split('.')[0])
await build({
  entryPoints: Object.fromEntries(entries.map((name, index) => [names[index], `web/${name}`])),
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

// what an earlier build left. Not the whole folder before: another server may be serving from it
const built = new Set([
  ...copied,
  'xterm.css',
  ...names.flatMap((name) => [`${name}.js`, `${name}.js.map`]),
])
for (const file of readdirSync(OUT))
  if (!built.has(file)) rmSync(`${OUT}/${file}`, { recursive: true, force: true })
