// What a file is, by the end of its name. The list is that of MDN's "common media types", as `aws-amplify` has it.

const kinds = {
  'audio/': 'aac=aac midi=mid x-midi=midi mpeg=mp3 ogg=oga,opus wav=wav webm=weba',
  'video/': 'x-msvideo=avi mp4=mp4 mpeg=mpeg ogg=ogv mp2t=ts webm=webm',
  'image/':
    'apng=apng avif=avif bmp=bmp gif=gif vnd.microsoft.icon=ico jpeg=jpeg,jpg png=png svg+xml=svg tiff=tif,tiff webp=webp',
  'text/': 'css=css csv=csv html=htm,html calendar=ics javascript=js,mjs markdown=md plain=txt',
  'font/': 'otf=otf ttf=ttf woff=woff woff2=woff2',
  'application/':
    'x-abiword=abw x-freearc=arc vnd.amazon.ebook=azw octet-stream=bin x-bzip=bz x-bzip2=bz2 x-cdf=cda x-csh=csh ' +
    'msword=doc vnd.openxmlformats-officedocument.wordprocessingml.document=docx epub+zip=epub gzip=gz java-archive=jar ' +
    'json=json ld+json=jsonld vnd.apple.installer+xml=mpkg ogg=ogx pdf=pdf x-httpd-php=php vnd.ms-powerpoint=ppt ' +
    'vnd.openxmlformats-officedocument.presentationml.presentation=pptx vnd.rar=rar rtf=rtf x-sh=sh x-tar=tar ' +
    'vnd.visio=vsd manifest+json=webmanifest xhtml+xml=xhtml vnd.ms-excel=xls ' +
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet=xlsx xml=xml wasm=wasm zip=zip',
}

/** The media type of a file of that name; undefined for an ending we do not know. */
export function contentTypeOf(name: string): string | undefined {
  const ending = /\.([a-z\d]+)$/i.exec(name)?.[1]?.toLowerCase()
  if (!ending) return undefined
  const member = new RegExp(`([^ =]+)=(?:[^ ]+,)?${ending}(?![^ ,])`)
  for (const [family, members] of Object.entries(kinds)) {
    const found = member.exec(members)
    if (found) return family + found[1]
  }
  return undefined
}
