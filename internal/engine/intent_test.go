package engine

import (
	"strings"
	"testing"
)

const plugins = "/usr/libexec/docker/cli-plugins/"

// intents are argv with what they want of ghcr.io. All that engines were seen to
// run is among them.
var intents = map[Intent]string{
	Push: `
docker push ghcr.io/o/app
docker push ghcr.io/o/app:d
docker push -a ghcr.io/o/app
docker push --platform linux/amd64 ghcr.io/o/app
docker push ghcr.io:443/o/app
docker push GHCR.IO/o/app
docker push -- ghcr.io/o/app
docker push --new-flag value ghcr.io/o/app
docker --context x push ghcr.io/o/app
docker -c x push ghcr.io/o/app
docker -cpull push ghcr.io/o/app
docker --context pull push ghcr.io/o/app
docker -c pull push ghcr.io/o/app
docker -D -H tcp://10.0.0.1:2375 --config /home/u/.docker push ghcr.io/o/app
docker -DH tcp://10.0.0.1:2375 push ghcr.io/o/app
docker --log-level=debug --tls push ghcr.io/o/app
docker --new-flag push ghcr.io/o/app
docker --new-flag value push ghcr.io/o/app
docker --new-flag=value push ghcr.io/o/app
docker image push ghcr.io/o/app
docker manifest push --purge ghcr.io/o/app
docker plugin push ghcr.io/o/plugin
docker trust sign ghcr.io/o/app:1
/usr/local/bin/docker push ghcr.io/o/app
com.docker.cli push ghcr.io/o/app
C:\Progra~1\Docker\DOCKER.EXE push ghcr.io/o/app

docker buildx build --push -t ghcr.io/o/app .
@docker-buildx buildx build -t ghcr.io/o/app --push .
@docker-buildx --context x buildx build -t ghcr.io/o/app --push .
@docker-buildx buildx --builder b build -t ghcr.io/o/app --push=true .
@docker-buildx buildx build -t localhost:5000/x -t ghcr.io/o/app --push .
@docker-buildx buildx b -qtghcr.io/o/app --push .
@docker-buildx buildx build --push=false --push -t ghcr.io/o/app .
@docker-buildx buildx build -f - --push -t ghcr.io/o/app .
@docker-buildx buildx build --output type=registry -t ghcr.io/o/app .
@docker-buildx buildx build --output=type=image,push=true -t ghcr.io/o/app .
@docker-buildx buildx build -o type=registry,name=ghcr.io/o/app .
@docker-buildx buildx build -otype=registry -t ghcr.io/o/app .
@docker-buildx buildx build -o=type=registry -t ghcr.io/o/app .
@docker-buildx buildx build -o type=image,"name=localhost:5000/a,ghcr.io/o/a",push=1 .
@docker-buildx buildx build -o type=local,dest=out -o type=registry -t ghcr.io/o/app .
@docker-buildx buildx build --cache-to type=registry,ref=ghcr.io/o/app:cache,mode=max .
@docker-buildx buildx build --cache-to ghcr.io/o/app:cache -t localhost:5000/x --push .
@docker-buildx buildx bake --push
@docker-buildx buildx bake -f docker-bake.hcl --push app
@docker-buildx bake --set *.output=type=registry
@docker-buildx bake --set *.output+=type=image,push=true
@docker-buildx bake --set app.cache-to=type=registry,ref=ghcr.io/o/cache
@docker-buildx buildx imagetools create -t ghcr.io/o/app:latest ghcr.io/o/app:1
@docker-buildx buildx imagetools create --tag ghcr.io/o/app docker.io/library/alpine
@docker-buildx imagetools create -f desc.json -t ghcr.io/o/app
docker image build --push -t ghcr.io/o/app .
docker builder build --push -t ghcr.io/o/app .
docker buildx bake --push
buildx build --push -t ghcr.io/o/app .
buildctl build --frontend dockerfile.v0 --output type=image,name=ghcr.io/o/app,push=true
buildctl --addr unix:///b.sock build --export-cache type=registry,ref=ghcr.io/o/cache

@docker-compose compose push
@docker-compose compose -f push.yml -p pull push web
@docker-compose --context x compose --file a.yml --profile p push
@docker-compose compose build --push
@docker-compose compose build --push web
@docker-compose compose publish ghcr.io/o/app:compose
docker compose push
docker-compose push
docker-compose -f a.yml push web
/usr/bin/python3 /usr/bin/docker-compose push

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

nerdctl push ghcr.io/o/app
nerdctl --namespace k8s.io push ghcr.io/o/app
nerdctl image push ghcr.io/o/app
nerdctl build --output type=image,name=ghcr.io/o/app,push=true .
nerdctl compose push
`,
	Pull: `
docker pull ghcr.io/o/app
docker pull ghcr.io/push/login:push
docker -c push pull ghcr.io/o/app
docker --context push pull ghcr.io/o/app
docker --context=push pull ghcr.io/o/app
docker image pull ghcr.io/o/app
docker pull --new-flag value localhost:5000/x
docker run ghcr.io/o/app push
docker run -it --rm -e A=b -v /a:/b --name push ghcr.io/o/app docker push ghcr.io/o/app
docker run --push ghcr.io/o/app
docker container run --network host ghcr.io/o/app
docker create ghcr.io/o/app
docker manifest inspect --insecure ghcr.io/o/app
docker manifest create list ghcr.io/o/app:1
docker search ghcr.io/o
docker plugin install ghcr.io/o/plugin
docker build .
docker build -t push .
docker build -t ghcr.io/o/app -f push .
docker build push
docker build -f --push .
docker stack deploy -c push.yml s

@docker-buildx buildx build -t x .
@docker-buildx buildx build --push=false -t ghcr.io/o/app .
@docker-buildx buildx build -t localhost:5000/x --push .
@docker-buildx buildx build -o type=registry,name=localhost:5000/x .
@docker-buildx buildx build -o type=image,push=false -t ghcr.io/o/app .
@docker-buildx buildx build -o type=local,dest=registry .
@docker-buildx buildx build -o push .
@docker-buildx buildx build --cache-to type=gha .
@docker-buildx buildx build --cache-to type=local,dest=ghcr.io/o .
@docker-buildx buildx build --cache-to type=registry,ref=localhost:5000/cache .
@docker-buildx buildx build --cache-to type=registry,ref=ghcr.io/o/cache,ignore-error=true .
@docker-buildx buildx build --cache-from type=registry,ref=ghcr.io/o/cache .
@docker-buildx buildx imagetools inspect ghcr.io/o/app
@docker-buildx buildx imagetools create --dry-run -t ghcr.io/o/app ghcr.io/o/b
@docker-buildx buildx imagetools create -t localhost:5000/x ghcr.io/o/app

@docker-compose compose pull
@docker-compose compose -f push.yml pull push
@docker-compose compose up -d push
@docker-compose compose build
@docker-compose compose run --rm web push
@docker-compose compose --dry-run push
docker-compose -p push up
/usr/bin/python3 /usr/local/bin/docker-compose pull

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
nerdctl pull ghcr.io/o/app
nerdctl run -d ghcr.io/o/app push
kubelet
/usr/bin/kubelet --config /var/lib/kubelet/config.yaml --push
`,
	Login: `
docker login
docker login ghcr.io
docker login -u push --password-stdin ghcr.io
docker --config d login ghcr.io
docker login localhost:5000
docker logout ghcr.io
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
nerdctl login ghcr.io
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
docker pull ghcr.io.evil.com/x
docker pull evil.com/ghcr.io/x
docker pull ghcr.io:5000/o/app
docker pull ghcr.io@evil.com/x
docker pull alpine
docker pull push
docker pull ghcr/app
docker push mona/app
docker run -d --use-api-socket alpine docker push ghcr.io/o/app
docker search push
docker manifest inspect localhost:5000/x
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
nerdctl pull [::1]:5000/x
`,
	Unknown: `
docker
docker version
docker images push
docker tag ghcr.io/o/app push
docker --new-flag push pull ghcr.io/o/app
docker --new-flag pull push
docker system push
docker exec app docker push ghcr.io/o/app
docker --context push
docker-buildx bake --file - --progress rawjson --metadata-file T
@docker-buildx bake --file - --progress rawjson --metadata-file /tmp/push.json --allow fs.read=/push
@docker-buildx buildx bake
@docker-buildx buildx bake push
@docker-buildx buildx push
@docker-compose compose ps
@docker-compose compose logs push
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

func TestIntentOf(t *testing.T) {
	for want, lines := range intents {
		for line := range strings.Lines(lines) {
			line = strings.TrimSpace(line)
			if rest, isPlugin := strings.CutPrefix(line, "@"); isPlugin {
				line = plugins + rest
			}
			if got := IntentOf(strings.Fields(line), "ghcr.io"); line != "" && got != want {
				t.Errorf("%s: %v, want %v", line, got, want)
			}
		}
	}
}

func TestIntentOfOddArgv(t *testing.T) {
	for _, test := range []struct {
		argv     []string
		registry string
		want     Intent
	}{
		{nil, "ghcr.io", Unknown},
		{[]string{""}, "ghcr.io", Unknown},
		{[]string{"", "push", "ghcr.io/o/app"}, "ghcr.io", Unknown},
		{[]string{"docker", "", "push", "ghcr.io/o/app"}, "ghcr.io", Unknown},
		{[]string{"docker", "-", "push"}, "ghcr.io", Unknown},
		{[]string{"docker", "--", "--"}, "ghcr.io", Unknown},
		{[]string{"docker", "push", "-"}, "ghcr.io", Elsewhere},
		{[]string{"docker", "push"}, "ghcr.io", Push},
		{[]string{"podman", "push", "\xff\xfe\n", "ghcr.io/o/app"}, "ghcr.io", Push},
		{[]string{"docker", "build", "--label", "a b", "--push", "-t", "ghcr.io/o/app", "my context"}, "ghcr.io", Push},
		{[]string{"docker", "buildx", "build", "-o", `"type=registry`, "."}, "ghcr.io", Pull},
		{[]string{"docker", "push", "ghcr.io/o/app"}, "GHCR.io:443", Push},
		{[]string{"docker", "push", "ghcr.io/o/app"}, "containers.example.com", Elsewhere},
		{[]string{"docker", "push", "containers.example.com/o/app"}, "containers.example.com", Push},
		{[]string{`C:\Program Files\Docker\Docker.exe`, "push", "ghcr.io/o/app"}, "ghcr.io", Push},
	} {
		if got := IntentOf(test.argv, test.registry); got != test.want {
			t.Errorf("%q asking for %s: %v, want %v", test.argv, test.registry, got, test.want)
		}
	}
}

// TestTablesHaveNoSlips looks for what a typing error in a table would cause:
// verbs that stand in it twice, flags that mean two things in one list.
func TestTablesHaveNoSlips(t *testing.T) {
	for _, name := range []string{"docker", "nerdctl", "podman", "buildah", "skopeo", "crane", "oras", "regctl", "helm", "cosign", "buildctl", "kubelet"} {
		tool, _, known := toolNamed(name)
		if !known {
			t.Fatalf("%s is not known", name)
		}
		seen := map[string]bool{}
		for _, v := range tool.verbs {
			for verb := range strings.SplitSeq(v.names, ", ") {
				if seen[verb] || verb != strings.TrimSpace(verb) {
					t.Errorf("%s: the verb %q stands there twice", name, verb)
				}
				seen[verb] = true
			}
			checkFlags(t, name+" "+v.names, v.act.own)
		}
		for group, list := range tool.flags {
			checkFlags(t, name+" "+group, list)
		}
	}
}

func checkFlags(t *testing.T, where, list string) {
	t.Helper()
	seen := map[string]bool{}
	for entry := range strings.FieldsSeq(list) {
		for name := range strings.SplitSeq(strings.TrimSuffix(entry, "="), "|") {
			if seen[name] || name == "" || strings.ContainsAny(name, "=,") {
				t.Errorf("%s: the flag %q of %q stands there twice, or is none", where, name, entry)
			}
			seen[name] = true
		}
	}
}

func FuzzIntentOf(f *testing.F) {
	for _, lines := range intents {
		for line := range strings.Lines(lines) {
			f.Add(strings.Join(strings.Fields(line), "\x00"), "ghcr.io")
		}
	}
	f.Add("docker\x00-\x00--\x00-=\x00--=", "")
	f.Fuzz(func(t *testing.T, argv, registry string) {
		words := strings.Split(argv, "\x00")
		intent := IntentOf(words, registry)
		if intent < Unknown || intent > Elsewhere {
			t.Errorf("%q: %d is no intent", words, intent)
		}
		if again := IntentOf(words, registry); again != intent {
			t.Errorf("%q: first %v, then %v", words, intent, again)
		}
	})
}
