// The learner's computer, in Node: node --expose-gc computer.mjs BUNDLE. What a line in a terminal costs.
import { pathToFileURL } from 'node:url'
import { applyDeployment, letSettle, newCluster } from './engine-cluster.mjs'
import { cpuOf, report } from './measure.mjs'

const engine = await import(pathToFileURL(process.argv[2]).href)
const RUNS = 200
const cluster = newCluster(engine, 3)
applyDeployment(engine, cluster, 3)
letSettle(cluster, 3)

let computer
const begin = await cpuOf(() => {
  computer = new engine.Computer({ now: cluster.now, kubectl: engine.kubectlTool })
})

/** One line typed into a terminal that is open, until its prompt comes back. */
const seat = computer.open(cluster, { rights: 'edit', argv: ['bash'], isTTY: true })
const type = (line) => {
  seat.feed(`${line}\r`)
  let text = ''
  for (let looks = 0; looks < 100 && !text.endsWith('$ '); looks++)
    text += seat
      .look(cluster)
      .output.map((piece) => piece.text)
      .join('')
  return text
}
seat.look(cluster)
const first = await cpuOf(() => type('kubectl get svc'))
const answer = type('kubectl get svc')
if (!answer.includes('web')) throw new Error(`no Service is shown: ${answer}`)
const all = await cpuOf(() => {
  for (let run = 0; run < RUNS; run++) type('kubectl get svc')
})
report('making the computer', begin, 'ms CPU')
report('the first kubectl get svc of a process', first, 'ms CPU', 150)
report('kubectl get svc in a terminal, from then on', all / RUNS, 'ms CPU', 5)
process.exit(0)
