import type { JsonObject } from '#apimachinery/object.ts'
import type { Status } from '#apimachinery/status-error.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import {
  indentedAnswer,
  jsonAnswer,
  type Answer,
  type ApiRequest,
} from '#kube-apiserver/endpoints/http.ts'
import { negotiateObject } from '#kube-apiserver/endpoints/negotiate.ts'

/** A refusal, in a form that the client takes if there is one. kubernetes: apiserver pkg/endpoints/handlers/responsewriters/writers.go */
export const failure = (request: ApiRequest, status: Status): Answer => {
  const answer = statusAnswer(request, status)
  const retryAfter = status.details?.retryAfterSeconds
  return retryAfter === undefined
    ? answer
    : { ...answer, headers: [['retry-after', String(retryAfter)]] }
}

const statusAnswer = (request: ApiRequest, status: Status): Answer =>
  negotiateObject(request.accept) === undefined
    ? indentedAnswer(status.code, status)
    : inYaml(request, jsonAnswer(status.code, status))

/** An answer in JSON, as YAML if the client wants that. */
export const inYaml = (request: ApiRequest, answer: Answer): Answer => {
  const form = negotiateObject(request.accept)
  if (form?.yaml !== true || answer.contentType !== 'application/json') return answer
  const object = JSON.parse(answer.body.join('')) as JsonObject
  return { ...answer, contentType: form.contentType, body: [printYaml(object)] }
}
