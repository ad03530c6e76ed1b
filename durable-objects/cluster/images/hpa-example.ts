// The server of Kubernetes' walkthrough of autoscalers: it computes for a while before it answers.
import { type ImageBehaviour, MEBIBYTE, quietly, textReply } from '#images/behaviour.ts'
import { slashTime } from '#images/clock.ts'
import { byteLength, httpOn } from '#images/http.ts'
import { DEBIAN_TOOLS } from '#images/tools.ts'

const COMMAND = 'apache2-foreground'
/** A million square roots, in milliseconds of a core. */
const COST = 15

export const hpaExample: ImageBehaviour = {
  sizeBytes: 480_748_530,
  entrypoint: [],
  cmd: [COMMAND],
  user: 0,
  tools: DEBIAN_TOOLS,
  program: ([name]) =>
    name === COMMAND
      ? quietly({
          listens: [
            httpOn(80, (request, self) => {
              const reply = textReply('OK!', 200, 'text/html; charset=UTF-8')
              const from = self.client.slice(0, self.client.lastIndexOf(':'))
              self.log?.(
                `${from} - - [${slashTime(self.now ?? 0)}] "${request.method} ${request.path} HTTP/1.1" 200 ${byteLength(reply.body)} "-" "-"`,
              )
              return { ...reply, takes: COST }
            }),
          ],
          memoryBytes: 11 * MEBIBYTE,
          requestCost: COST,
          terminates: 0,
        })
      : undefined,
}
