import '@aws-amplify/ui-react/styles.css'
import '@aws-amplify/ui-react-storage/styles.css'
import { FileUploader, StorageBrowser, StorageImage, StorageManager } from '@aws-amplify/ui-react-storage'
import { Amplify } from 'aws-amplify'
import { getUrl } from 'aws-amplify/storage'
import { StrictMode, useCallback, useState } from 'react'
import { createRoot } from 'react-dom/client'

// A stock page of files, for guests: what happens to them is the components' own.

function App() {
  const [log, setLog] = useState<string[]>([])
  const [shown, setShown] = useState('')
  const say = useCallback((line: string) => setLog((lines) => [...lines, line]), [])
  // StorageImage asks anew when it gets another function.
  const missing = useCallback(({ name }: Error) => say(`no image: ${name}`), [say])
  return (
    <main>
      <section aria-label="uploader">
        <FileUploader
          acceptedFileTypes={['*']}
          path="public/"
          maxFileCount={5}
          isResumable
          showThumbnails={false}
          processFile={({ file, key }) => ({ file, key, metadata: { from: 'page' } })}
          onUploadStart={({ key }) => say(`started ${key}`)}
          onUploadSuccess={({ key = '' }) => {
            say(`uploaded ${key}`)
            if (key.endsWith('.png')) setShown(key)
          }}
          onUploadError={(error) => say(`failed ${error}`)}
          onFileRemove={({ key }) => say(`removed ${key}`)}
        />
      </section>
      <section aria-label="manager">
        <StorageManager
          acceptedFileTypes={['*']}
          accessLevel="guest"
          maxFileCount={1}
          onUploadSuccess={({ key }) => say(`managed ${key}`)}
        />
      </section>
      <section aria-label="refused">
        <FileUploader
          acceptedFileTypes={['*']}
          path="closed/"
          maxFileCount={1}
          onUploadError={(_, { key }) => say(`refused ${key}`)}
        />
      </section>
      {shown && <StorageImage alt="The uploaded image" path={shown} validateObjectExistence />}
      <StorageImage
        alt="No image"
        path="public/missing.png"
        validateObjectExistence
        fallbackSrc="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
        onGetUrlError={missing}
      />
      <section aria-label="browser">
        <StorageBrowser />
      </section>
      <ul aria-label="log">
        {log.map((line, index) => (
          <li key={String(index)}>{line}</li>
        ))}
      </ul>
    </main>
  )
}

const search = new URLSearchParams(location.search)
Amplify.configure(await fetch(search.get('outputs')!).then((answer) => answer.json()))
Object.assign(globalThis, { files: { getUrl } })
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
