// The work of subject.mjs with no library at all: `fetch`, and signatures by the shortest way, with the key of the day kept and bodies
// unhashed. What this takes is the transport's and the sandbox's, and no library can take less.

const PART = 5 * 1024 * 1024

/** `hmac` and `sha256` are the platform's, at once or by promise; both of (…, text) and in bytes. */
export async function bare({ url, bucket, region, credentials }, { hmac, sha256 }) {
  const { accessKeyId, secretAccessKey } = credentials
  const { host } = new URL(url)
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  let key = `AWS4${secretAccessKey}`
  for (const part of [day, region, 's3', 'aws4_request']) key = await hmac(key, part)
  const scope = `${day}/${region}/s3/aws4_request`

  async function signature(method, path, query, headers, signed, time) {
    const canonical = `${method}\n${path}\n${query}\n${headers}\n${signed}\nUNSIGNED-PAYLOAD`
    return hex(await hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hex(await sha256(canonical))}`))
  }

  /** `query` with its names in order, and escaped. */
  async function send(method, path, query = '', body) {
    const time = now()
    const signed = 'host;x-amz-content-sha256;x-amz-date'
    const headers = `host:${host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${time}\n`
    const sum = await signature(method, path, query, headers, signed, time)
    const answer = await fetch(`${url}${path}?${query}`, {
      method,
      body,
      headers: {
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-amz-date': time,
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${sum}`,
      },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return { text, etag: answer.headers.get('etag') }
  }

  async function inParts(path, data) {
    const id = /<UploadId>([^<]+)/.exec((await send('POST', path, 'uploads=')).text)[1]
    const etags = []
    let next = 0
    const lane = async () => {
      for (let at = next++; at * PART < data.length; at = next++) {
        const query = `partNumber=${at + 1}&uploadId=${encodeURIComponent(id)}`
        etags[at] = (await send('PUT', path, query, data.subarray(at * PART, (at + 1) * PART))).etag
      }
    }
    await Promise.all([lane(), lane(), lane(), lane()])
    const parts = etags.map(
      (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
    await send('POST', path, `uploadId=${encodeURIComponent(id)}`, body)
  }

  return {
    async upload(name, data) {
      const bytes = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data
      if (bytes.length > PART) await inParts(`/${bucket}/${name}`, bytes)
      else await send('PUT', `/${bucket}/${name}`, '', bytes)
    },
    async list(prefix) {
      let count = 0
      for (let token = ''; ; ) {
        const from = token && `continuation-token=${encodeURIComponent(token)}&`
        const query = `${from}list-type=2&prefix=${encodeURIComponent(prefix)}`
        const { text } = await send('GET', `/${bucket}/`, query)
        count += [...text.matchAll(/<Key>([^<]*)</g)].length
        token = /<NextContinuationToken>([^<]*)/.exec(text)?.[1]
        if (!token) return count
      }
    },
    async url(name) {
      const time = now()
      const credential = encodeURIComponent(`${accessKeyId}/${scope}`)
      const path = `/${bucket}/${name}`
      const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=${time}&X-Amz-Expires=900&X-Amz-SignedHeaders=host`
      const sum = await signature('GET', path, query, `host:${host}\n`, 'host', time)
      return { url: new URL(`${url}${path}?${query}&X-Amz-Signature=${sum}`) }
    },
  }
}

function now() {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, '')
}

function hex(bytes) {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}
