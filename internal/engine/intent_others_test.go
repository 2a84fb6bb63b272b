package engine

// otherIntents are argv of the other tools, with what they want of ghcr.io.
var otherIntents = map[Intent]string{
	Push: `
podman push ghcr.io/o/app
podman push localimage ghcr.io/o/app
podman push localimage docker://ghcr.io/o/app
podman push localimage
podman push --creds u:p localimage ghcr.io/o/app
podman --storage-driver vfs push --tls-verify=false ghcr.io/o/app
podman --log-level debug push ghcr.io/o/app
podman --remote push ghcr.io/o/app
podman -r --url unix:///p.sock push ghcr.io/o/app
podman-remote push ghcr.io/o/app
podman.exe push ghcr.io/o/app
podman image push ghcr.io/o/app
podman manifest push --all list ghcr.io/o/app
podman manifest push list docker://ghcr.io/o/app
podman artifact push ghcr.io/o/artifact
podman farm build -t ghcr.io/o/app .
podman build --cache-to ghcr.io/o/cache -t x .

buildah push img docker://ghcr.io/o/app
buildah --storage-driver vfs push ghcr.io/o/app
buildah manifest push --all list docker://ghcr.io/o/app
buildah commit ctr docker://ghcr.io/o/app
buildah bud --layers --cache-to ghcr.io/o/cache .
buildah-in-a-user-namespace push img docker://ghcr.io/o/app
/usr/bin/buildah-in-a-user-namespace-in-a-user-namespace push img docker://ghcr.io/o/app

skopeo copy docker://A docker://ghcr.io/o/app
skopeo copy docker://ghcr.io/o/app:1 docker://ghcr.io/o/app:2
skopeo copy dir:/tmp/x docker://ghcr.io/o/app
skopeo --debug copy --all --src-creds u:p docker://localhost:5000/x docker://ghcr.io/o/app
skopeo copy docker://localhost:5000/x docker://ghcr.io/o/app --format oci
skopeo copy --new-flag value docker://localhost:5000/x docker://ghcr.io/o/app
skopeo sync --src dir --dest docker /media/x ghcr.io/o
skopeo sync --src yaml --dest docker sync.yml ghcr.io/o
skopeo delete docker://ghcr.io/o/app
skopeo-in-a-user-namespace copy oci:x docker://ghcr.io/o/app

crane push app.tar ghcr.io/o/app
crane --insecure push --platform all ./dir ghcr.io/o/app
crane copy alpine ghcr.io/o/alpine
crane cp localhost:5000/x ghcr.io/o/app
crane append -b alpine -t ghcr.io/o/app -f layer.tar
crane append --new_tag=ghcr.io/o/app --new_layer layer.tar
crane mutate ghcr.io/o/app --label a=b
crane mutate localhost:5000/x -t ghcr.io/o/app
crane mutate --append layer.tar -a k=v ghcr.io/o/app
crane flatten ghcr.io/o/app
crane rebase ghcr.io/o/app:1 --old_base alpine:1 --new_base alpine:2
crane index append -m ghcr.io/o/a -t ghcr.io/o/app
crane tag ghcr.io/o/app:1 latest
crane delete ghcr.io/o/app:1
gcrane cp a ghcr.io/o/app

oras push ghcr.io/o/app:1 file.txt:text/plain
oras push -u mona --config c.json:t ghcr.io/o/app pull
oras push --new-flag value ghcr.io/o/app f
oras cp localhost:5000/x ghcr.io/o/app
oras cp --from-oci-layout ./dir:1 ghcr.io/o/app
oras copy -r ghcr.io/o/a:1 ghcr.io/o/b:1
oras attach --artifact-type t ghcr.io/o/app:1 sbom.json
oras tag ghcr.io/o/app:1 2
oras manifest push ghcr.io/o/app:1 m.json
oras manifest index create ghcr.io/o/app:1 a b
oras restore --input x.tar ghcr.io/o/app

regctl image copy alpine ghcr.io/o/app
regctl --host reg=localhost:5000,tls=disabled image copy localhost:5000/x ghcr.io/o/app
regctl image cp ocidir://x ghcr.io/o/app
regctl image mod ghcr.io/o/app --replace --label-to-annotation
regctl image import ghcr.io/o/app x.tar
regctl tag rm ghcr.io/o/app:1
regctl index create ghcr.io/o/app --ref alpine
regctl artifact put --artifact-type t -f x ghcr.io/o/app

helm push chart-1.0.tgz oci://ghcr.io/o/charts
helm -n ns push chart.tgz oci://ghcr.io/o/charts --plain-http

cosign sign ghcr.io/o/app@sha256:0000
cosign sign --key k.key -y ghcr.io/o/app@sha256:0000
cosign -t 3m sign -a x=y --recursive ghcr.io/o/app
cosign attest --predicate p --type slsaprovenance ghcr.io/o/app
cosign attach sbom --sbom s.json ghcr.io/o/app
cosign copy alpine ghcr.io/o/alpine
cosign load --dir d ghcr.io/o/app
`,
	Pull: `
podman pull ghcr.io/o/app
podman pull alpine
podman --remote pull localhost:5000/x ghcr.io/o/app
podman --storage-driver vfs pull --tls-verify=false ghcr.io/o/app
podman run alpine push
podman run --rm --pull always ghcr.io/o/app push
podman --remote run --new-switch ghcr.io/o/app localhost:5000/x
podman build -t push .
podman build -t ghcr.io/o/app .
podman kube play push.yml
podman search ghcr.io/o
podman search push

buildah pull ghcr.io/o/app
buildah from --pull ghcr.io/o/app
buildah from --name push alpine
buildah bud -t push .

skopeo inspect docker://ghcr.io/o/app
skopeo list-tags docker://ghcr.io/o/app
skopeo copy docker://ghcr.io/o/app dir:/tmp/x
skopeo copy docker://ghcr.io/o/app docker://localhost:5000/x
skopeo copy docker://ghcr.io/o/app docker://alpine
skopeo copy docker://ghcr.io/o/app docker-daemon:ghcr.io/o/app:1
skopeo sync --src docker --dest dir ghcr.io/o/app /media/x
skopeo sync --dry-run --src dir --dest docker /media/x ghcr.io/o

crane pull ghcr.io/o/app x.tar
crane manifest ghcr.io/o/app
crane catalog ghcr.io
crane ls ghcr.io/o/app
crane copy ghcr.io/o/app localhost:5000/x
crane mutate ghcr.io/o/app -t localhost:5000/x
crane mutate ghcr.io/o/app -o x.tar
crane append -b ghcr.io/o/app -t localhost:5000/x -f l.tar
crane append -b ghcr.io/o/app -t ghcr.io/o/b -f l.tar -o x.tar

oras pull ghcr.io/o/app
oras pull -o push ghcr.io/o/app
oras repo ls ghcr.io
oras discover --format tree ghcr.io/o/app
oras cp --to-oci-layout ghcr.io/o/app dir:1
oras cp ghcr.io/o/app localhost:5000/x
oras restore --dry-run --input x.tar ghcr.io/o/app

regctl image inspect ghcr.io/o/app
regctl image copy ghcr.io/o/app ocidir://push
regctl tag ls ghcr.io/o/push

helm pull oci://ghcr.io/o/charts/push --version 1
helm pull stable/push
helm -n push install push oci://ghcr.io/o/charts/app
helm show chart oci://ghcr.io/o/charts/app

cosign verify --key k.pub ghcr.io/o/app
cosign verify-attestation --type t ghcr.io/o/app
cosign copy ghcr.io/o/app localhost:5000/x
docker-credential-ghcr verify ghcr.io/o/app
/usr/local/bin/docker-credential-ghcr verify --platform linux/arm64 --json ghcr.io/o/push
kubelet
/usr/bin/kubelet --config /var/lib/kubelet/config.yaml --push
`,
	Login: `
podman login ghcr.io
podman login -u pull -p push ghcr.io
podman login --get-login ghcr.io
podman --log-level debug logout --all

buildah login ghcr.io

skopeo login --authfile f ghcr.io
skopeo logout ghcr.io

crane auth login -u u -p p ghcr.io
crane auth logout ghcr.io

oras login ghcr.io

regctl registry login ghcr.io

helm registry login ghcr.io
helm registry logout ghcr.io

cosign login ghcr.io -u u
C:\podman\Podman.EXE login ghcr.io
`,
	Elsewhere: `
podman --remote pull localhost:5000/x
podman --remote pull localhost:5999/x/y
podman --remote --log-level debug pull localhost:5000/ghcr.io/x
podman --remote push localhost:5000/x
podman --remote push ghcr.io/o/app localhost:5000/x
podman --remote run -it localhost:5000/x push ghcr.io/o/app
podman --remote run localhost:5000/x ghcr.io/o/app --push
podman --remote create --name x --memory-swap=-1 quay.io/a/b
podman pull docker.io/library/alpine
podman pull docker://alpine
podman pull localhost/app
podman pull quay.io/a/b docker.io/library/alpine
podman push ghcr.io/o/app dir:/tmp/x
podman push ghcr.io/o/app docker-archive:/tmp/x.tar
podman manifest push list docker://quay.io/a/b

buildah push ghcr.io/o/app oci:/tmp/x

skopeo inspect docker://alpine
skopeo copy docker://quay.io/a/b docker://localhost:5000/x
skopeo copy docker://alpine oci:ghcr.io/x

crane push x.tar localhost:5000/x
crane cp alpine localhost:5000/alpine

oras push localhost:5000/x ghcr.io/o/app
oras pull localhost:5000/x

helm push c.tgz oci://localhost:5000/charts

cosign sign --key k localhost:5000/x@sha256:0000
cosign verify --key k.pub docker.io/library/alpine
`,
	Unknown: `
podman system service --time=0 unix:///p.sock
podman exec app push
podman image tag a push

oras push --new-flag value localhost:5000/x f

skopeo copy docker://ghcr.io/o/app --new-flag docker://localhost:5000/x

helm list

crane auth token ghcr.io/o/app

regctl registry whoami
e2e.test push ghcr.io/o/app
java -jar testcontainers.jar push
bash -c docker\ push\ ghcr.io/o/app
git push
python3 -m docker push
python3
push ghcr.io/o/app
-
`,
}
