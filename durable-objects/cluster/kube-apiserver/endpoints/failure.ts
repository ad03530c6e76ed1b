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

const statusAnswer = (request: ApiRequest, status: Status): Answer => {
  const form = negotiateObject(request.accept)
  if (form === undefined) return indentedAnswer(status.code, status)
  if (!form.yaml) return jsonAnswer(status.code, status)
  return {
    status: status.code,
    contentType: form.contentType,
    body: [printYaml(JSON.parse(JSON.stringify(status)) as JsonObject)],
  }
}
