import { getUrl, list, uploadData } from 'backline/storage'
import { type ChangeEvent, useCallback, useEffect, useState } from 'react'

function inWords(bytes = 0): string {
  if (bytes < 1024) return `${bytes} bytes`
  const kilobytes = bytes / 1024
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`
}

export function Files() {
  const [files, setFiles] = useState<{ path: string; size?: number }[]>([])
  const [share, setShare] = useState<number>()
  const [problem, setProblem] = useState('')

  const refresh = useCallback(async () => {
    const { items } = await list({ path: 'shared/', options: { listAll: true } })
    setFiles(items)
  }, [])
  useEffect(() => {
    refresh().catch((error: Error) => setProblem(error.message))
  }, [refresh])

  async function upload({ target }: ChangeEvent<HTMLInputElement>) {
    const file = target.files?.[0]
    if (!file) return
    setProblem('')
    try {
      await uploadData({
        path: `shared/${file.name}`,
        data: file,
        options: {
          onProgress: ({ transferredBytes, totalBytes = file.size }) =>
            setShare(transferredBytes / (totalBytes || 1)),
        },
      }).result
      await refresh()
    } catch (error) {
      setProblem((error as Error).message)
    } finally {
      setShare(undefined)
      target.value = ''
    }
  }

  async function open(path: string) {
    const { url } = await getUrl({ path })
    window.open(url, '_blank', 'noopener')
  }

  return (
    <section className="card">
      <h2>Files</h2>
      <label className="upload" aria-disabled={share !== undefined}>
        Upload a file
        <input name="file" type="file" onChange={upload} disabled={share !== undefined} />
      </label>
      {share !== undefined && <progress value={share} />}
      {problem && <p role="alert">{problem}</p>}
      <ul>
        {files.map(({ path, size }) => (
          <li key={path}>
            <button type="button" className="link" onClick={() => open(path)}>
              {path.replace('shared/', '')}
            </button>
            <small>{inWords(size)}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}
