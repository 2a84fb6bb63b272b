package engine

// The tables follow the tools' own help and sources: docker 28.2 and 29, buildx
// 0.38, compose 5, podman 4.3, buildah 1.28, skopeo 1.9, crane 0.22, oras 1.3,
// regctl 0.11, helm 4.3, cosign 2.6.

var dockerVerbs = []verb{
	{"login, logout", logsIn},
	{"push, image push, manifest push, plugin push, trust sign, trust revoke", pushesLast},
	{"pull, image pull, manifest create, manifest inspect, manifest annotate", pullsAll},
	{"search, trust inspect, plugin install, plugin upgrade, buildx imagetools inspect", pullsFirst},
	{"run, create, container run, container create", runs},
	{"build, image build, builder build, buildx build, buildx b, buildx dap build, buildx debug build", builds},
	{"bake, buildx bake, buildx f", bakes},
	{"buildx imagetools create", act{intent: Push, from: allWords, tagged: true}},
	{"service create, service update, stack deploy, stack up", pulls},
	{"compose push", pushes},
	{"compose publish, compose alpha publish", pushesTo1},
	{"compose build", builds},
	{"compose pull, compose up, compose create, compose run, compose watch, compose scale, compose config, compose convert", pulls},
}

const dockerPushFlags = "a|all-tags q|quiet disable-content-trust platform="

var composeFlags = "f|file= p|project-name= profile= env-file= project-directory= workdir= ansi= progress= parallel= " +
	"compatibility dry-run all-resources verbose no-ansi resolve-image-digests oci-version= with-env y|yes"

func dockerTool() tool {
	return tool{verbs: dockerVerbs, flags: map[string]string{
		"": "config= c|context= D|debug H|host= l|log-level= tls tlscacert= tlscert= tlskey= tlsverify " + dockerPushFlags,
		"buildx": "builder= D|debug t|tag= f|file= p|platform= annotation= progress= metadata-file= " +
			"append dry-run prefer-index raw format=",
		"compose":  composeFlags,
		"manifest": "insecure a|amend p|purge v|verbose arch= os= os-features= os-version= variant=",
		"plugin":   "alias= disable grant-all-permissions skip-remote-check",
		"search":   "f|filter= format= limit= no-trunc",
	}}
}

func nerdctlTool() tool {
	return tool{verbs: dockerVerbs, flags: map[string]string{
		"": "a|address= H|host= n|namespace= snapshotter= storage-driver= cgroup-manager= cni-netconfpath= cni-path= data-root= " +
			"hosts-dir= cdi-spec-dirs= userns-remap= bridge-ip= debug debug-full experimental insecure-registry kube-hide-dupe " +
			"all-platforms unpack= verify= sign= q|quiet platform=",
		"compose": composeFlags,
	}}
}

// containersFlags are those of podman's, buildah's and skopeo's pushes and pulls.
const containersFlags = " a|all all-tags q|quiet f|format= authfile= cert-dir= creds= tls-verify disable-content-trust " +
	"compress compression-format= compression-level= force-compression add-compression= D|disable-compression digestfile= " +
	"remove-signatures rm sign-by= sign-by-sigstore= sign-by-sigstore-private-key= sign-passphrase-file= " +
	"encryption-key= encrypt-layer= decryption-key= retry= retry-delay= arch= os= platform= variant= policy= "

func podmanTool() tool {
	return tool{
		verbs: []verb{
			{"login, logout", logsIn},
			{"push, image push, manifest push, artifact push", pushesLast},
			{"pull, image pull, artifact pull, manifest create, manifest inspect, manifest add", pullsAll},
			{"search", pullsFirst},
			{"run, create, container run, container create", runs},
			{"build, image build, buildx build, builder build", builds},
			{"farm build", act{intent: Push, tagged: true, own: buildFlags}},
			{"kube play, play kube, auto-update, pod create, container runlabel", pulls},
		},
		flags: map[string]string{
			"": "c|connection= url= identity= r|remote log-level= syslog root= runroot= runtime= runtime-flag= storage-driver= " +
				"storage-opt= imagestore= transient-store tmpdir= volumepath= cgroup-manager= cdi-spec-dir= conmon= config= " +
				"events-backend= hooks-dir= module= namespace= network-cmd-path= network-config-dir= noout out= ssh= trace " +
				"tls-ca= tls-cert= tls-key=" + containersFlags,
			"manifest": "annotation= features= os-version= insecure amend v|verbose",
			"search":   "f|filter= limit= list-tags no-trunc compatible",
		},
		searches: true,
	}
}

func buildahTool() tool {
	return tool{
		verbs: []verb{
			{"login, logout", logsIn},
			{"push, manifest push, commit, source push", pushesLast},
			{"pull, manifest create, manifest inspect, manifest add", pullsAll},
			{"source pull", pullsFirst},
			{"from", act{intent: Pull, from: firstWord, own: "http-proxy pull pull-always pull-never q|quiet tls-verify", othersValued: true}},
			{"build, bud, build-using-dockerfile", builds},
			{"add, copy, run", pulls},
		},
		flags: map[string]string{
			"": "cgroup-manager= log-level= registries-conf= registries-conf-dir= root= runroot= short-name-alias-conf= " +
				"storage-driver= storage-opt= userns-gid-map= userns-uid-map= identity-label iidfile= manifest= omit-history " +
				"squash timestamp= unsetenv=" + containersFlags,
			"manifest": "annotation= features= os-version=",
		},
		searches: true,
	}
}

// localTransports are what stands before the colon in the names of images that
// are in no registry.
var localTransports = []string{"containers-storage", "dir", "docker-archive", "docker-daemon", "oci", "oci-archive", "ocidir", "ostree", "sif", "tarball"}

func skopeoTool() tool {
	return tool{
		verbs: []verb{
			{"login, logout", logsIn},
			{"copy, sync", copies},
			{"delete", pushesTo1},
			{"inspect, list-tags", pullsFirst},
			{"layers, experimental-image-proxy", pulls},
		},
		flags: map[string]string{"": "command-timeout= debug insecure-policy override-arch= override-os= override-variant= " +
			"registries.d= registries-conf= tmpdir= user-agent-prefix= additional-tag= multi-arch= preserve-digests retry-times= " +
			"sign-identity= s|src= d|dest= scoped keep-going append-suffix= config raw n|no-tags no-creds username= password= " +
			"registry-token= daemon-host= shared-blob-dir= src-authfile= src-cert-dir= src-creds= src-daemon-host= src-no-creds " +
			"src-password= src-registry-token= src-shared-blob-dir= src-tls-verify src-username= dest-authfile= dest-cert-dir= " +
			"dest-compress dest-compress-format= dest-compress-level= dest-creds= dest-daemon-host= dest-decompress dest-force-compress-format " +
			"dest-no-creds dest-oci-accept-uncompressed-layers dest-password= dest-precompute-digests dest-registry-token= " +
			"dest-shared-blob-dir= dest-tls-verify dest-username= dry-run image-parallel-copies=" + containersFlags},
	}
}

func craneTool() tool {
	return tool{
		verbs: []verb{
			{"auth login, auth logout", logsIn},
			{"push", pushesLast},
			{"copy, cp", copies},
			{"tag, delete", pushesTo1},
			{"append", act{intent: Push, tagged: true}},
			{"mutate", act{intent: Push, from: firstWord, to: firstWord, tagged: true, own: "a|annotation= append="}},
			{"flatten, rebase, edit config, edit manifest, edit fs, index append, index filter", changes},
			{"pull, blob, config, digest, export, ls, manifest, catalog, index list", pullsFirst},
			{"validate", pulls},
		},
		flags: map[string]string{"": "allow-nondistributable-artifacts insecure platform= v|verbose t|new_tag|repo|rebased|tag= " +
			"b|base= f|new_layer= o|output= set-base-image-annotations oci-empty-base a|all-tags n|no-clobber j|jobs= " +
			"l|label= e|env= u|user= w|workdir= entrypoint= cmd= exposed-ports= set-platform= m|manifest= docker-empty-base flatten " +
			"original= old_base= new_base= tarball= full-ref c|cache_path= format= annotate-ref index image-refs="},
	}
}

func orasTool() tool {
	return tool{
		verbs: []verb{
			{"login, logout", logsIn},
			{"push, attach, tag, restore, manifest push, manifest delete, manifest index create, manifest index update, blob push, blob delete", pushesTo1},
			{"cp, copy", copies},
			{"pull, discover, resolve, backup, manifest fetch, manifest get, manifest fetch-config, manifest get-config, blob fetch, blob get, " +
				"repo ls, repo list, repo tags, repo show-tags, repository ls, repository list, repository tags", pullsFirst},
		},
		flags: map[string]string{"": "d|debug no-tty insecure plain-http u|username= p|password= password-stdin identity-token= " +
			"identity-token-stdin ca-file= cert-file= key-file= registry-config= resolve= H|header= config= artifact-type= " +
			"a|annotation= annotation-file= platform= artifact-platform= concurrency= disable-path-validation export-manifest= " +
			"format= template= image-spec= distribution-spec= o|output= f|force descriptor pretty media-type= size= oci-layout " +
			"oci-layout-path= r|recursive v|verbose input= dry-run exclude-referrers index= tag= add= merge= remove= " +
			"from-username= from-password= from-registry-config= from-oci-layout from-oci-layout-path= from-plain-http from-insecure " +
			"to-username= to-password= to-registry-config= to-oci-layout to-oci-layout-path= to-plain-http to-insecure"},
	}
}

func regctlTool() tool {
	return tool{
		verbs: []verb{
			{"registry login, registry logout", logsIn},
			{"image copy, image cp, repo copy, repo cp", copies},
			{"image create, image init, image new, image import, manifest put, manifest push, manifest delete, manifest del, manifest rm, " +
				"manifest remove, tag delete, tag del, tag rm, tag remove, blob put, blob push, blob delete, blob del, blob rm, " +
				"index create, index init, index new, index put, index add, index append, index insert, index delete, index del, index rm, index remove, " +
				"artifact put, artifact create, artifact push", pushesTo1},
			{"image mod", act{intent: Push, to: firstWord, own: "replace", othersValued: true}},
			{"image inspect, image config, image digest, image manifest, image get-file, image cat, image check-base, image ratelimit, " +
				"image rate-limit, image export, manifest get, manifest pull, manifest head, manifest digest, manifest diff, " +
				"blob get, blob pull, blob get-file, blob cat, blob head, blob digest, tag ls, tag list, repo ls, repo list, " +
				"artifact get, artifact pull, artifact list, artifact ls, artifact tree", pullsFirst},
		},
		flags: map[string]string{"": "host= logopt= v|verbosity= user-agent= p|platform= platforms= digest-tags fast force-recursive " +
			"include-external referrers referrers-src= referrers-tgt= format= annotation= artifact-type= f|file= m|file-media-type= " +
			"config-file= config-type= subject= external= by-digest file-title index strip-dirs name= new-tags include= exclude= " +
			"concurrent= ref= digest= desc-annotation= desc-platform= list require-list ignore-missing force-tag-dereference t|content-type= " +
			"media-type= filter-annotation= filter-artifact-type= latest o|output= config"},
	}
}

func helmTool() tool {
	return tool{
		verbs: []verb{
			{"registry login, registry logout", logsIn},
			{"push", pushesLast},
			{"pull, fetch", pullsFirst},
			{"install, upgrade, template, show all, show chart, show values, show readme, show crds, inspect all, inspect chart, inspect values, " +
				"dependency update, dependency up, dependency build, dep update, dep up, dep build, dependencies update, dependencies build", pulls},
		},
		flags: map[string]string{"": "n|namespace= kubeconfig= kube-context= kube-token= kube-as-user= kube-as-group= kube-apiserver= " +
			"kube-ca-file= kube-tls-server-name= kube-insecure-skip-tls-verify debug registry-config= repository-config= " +
			"repository-cache= content-cache= burst-limit= qps= color= colour= version= verify keyring= repo= username= password= " +
			"cert-file= key-file= ca-file= insecure-skip-tls-verify plain-http pass-credentials devel untar prov untardir= d|destination="},
		searches: true,
	}
}

// cosignFlags are its flags that take no value.
const cosignFlags = "allow-http-registry allow-insecure-registry b64 check-claims d|verbose experimental-oci11 f|force ignore-tlog " +
	"insecure-ignore-sct insecure-ignore-tlog insecure-skip-verify issue-certificate k8s-keychain local-image new-bundle-format " +
	"no-upload offline oidc-disable-ambient-providers private-infrastructure record-creation-timestamp r|recursive replace " +
	"sig-only sk tlog-upload upload use-signed-timestamps use-signing-config y|yes"

func cosignTool() tool {
	own := func(a act) act {
		a.own, a.othersValued = cosignFlags, true
		return a
	}
	return tool{
		verbs: []verb{
			{"login", logsIn},
			{"sign, attest", own(act{intent: Push, to: allWords})},
			{"attach sbom, attach signature, attach attestation, upload blob, upload wasm, clean, load", own(pushesLast)},
			{"copy", own(copies)},
			{"verify, verify-attestation, tree, triangulate, generate, save, download sbom, download signature, download attestation", own(pullsAll)},
			{"manifest verify, dockerfile verify", pulls},
		},
		flags: map[string]string{"": "output-file= t|timeout= d|verbose"},
	}
}
