package registry

import "strings"

// output is what an engine printed, and what Explain must find in it.
type output struct{ row, engine, text, image string }

// shells are how the engines print a message of the registry, %s in each. All
// are about ghcr.io/octo/app.
var shells = []struct{ engine, text string }{
	{"docker push", "The push refers to repository [ghcr.io/octo/app]\nf91ea5d7ff5a: Preparing\ndenied: %s"},
	{"docker pull", "Error response from daemon: pull access denied for ghcr.io/octo/app, repository does not exist or may require 'docker login': denied: %s"},
	{"docker compose", " Image ghcr.io/octo/app:1 Pulling \n Image ghcr.io/octo/app:1 Error Error response from daemon: error from registry: denied\n%s\n"},
	{"podman push", "Getting image source signatures\nCopying blob sha256:f91ea5d7ff5ac9d0400a14afcb65099561c4541d5f5d77bf4a77e576c5bf7a1d\nError: writing blob: initiating layer upload to /v2/octo/app/blobs/uploads/ in ghcr.io: denied: %s"},
	{"podman pull", "Trying to pull ghcr.io/octo/app:1...\nError: initializing source docker://ghcr.io/octo/app:1: reading manifest 1 in ghcr.io/octo/app: denied: %s"},
	{"buildah", "Error: pushing image \"localhost/a:1\" to \"docker://ghcr.io/octo/app:1\": writing blob: initiating layer upload to /v2/octo/app/blobs/uploads/ in ghcr.io: denied: %s"},
	{"skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="writing manifest: uploading manifest 1 to ghcr.io/octo/app: denied: %q"`},
	{"buildx", "#33 pushing layers 0.3s done\n#33 ERROR: failed to push ghcr.io/octo/app:1: denied: %s\n------\n > exporting to image:\n------\nERROR: failed to build: failed to solve: failed to push ghcr.io/octo/app:1: denied: %s"},
	{"buildx on a terminal", "\x1b[2K\x1b[31m => ERROR exporting to image\x1b[0m\r\n\x1b[1;31mERROR\x1b[0m: failed to solve: failed to push ghcr.io/octo/app:1: denied: %s\x1b[0m\r\n"},
	{"GitHub Actions", "2026-08-04T14:06:11.1234567Z #33 exporting to image\n2026-08-04T14:06:12.7654321Z ##[error]buildx failed with: ERROR: failed to push ghcr.io/octo/app:1: denied: %s\n2026-08-04T14:06:12.8654321Z Post job cleanup.\n"},
	{"helm", `Error: failed to perform "FetchReference" on source: GET "https://ghcr.io/v2/octo/app/manifests/1": response status code 403: denied: %s`},
	{"oras", `Error response from registry: POST "https://ghcr.io/v2/octo/app/blobs/uploads/": response status code 403: denied: %s`},
	{"crane", "Error: fetching manifest ghcr.io/octo/app:1: GET https://ghcr.io/v2/octo/app/manifests/1: DENIED: %s"},
	{"containerd", `ctr: failed to copy: httpReadSeeker: failed open: unexpected status code https://ghcr.io/v2/octo/app/blobs/sha256:ea768edb8ed0fa0c9ee8a9d8a9ed0fa0c9ee8a9d8a9ed0fa0c9ee8a9d8a9ed0f: 403 Forbidden - Server message: denied: %s`},
	{"kubelet", `  Warning  Failed     19s (x3 over 45s)  kubelet            Failed to pull image "ghcr.io/octo/app:1": rpc error: code = Unknown desc = failed to pull and unpack image: denied: %s`},
	{"curl", `{"errors":[{"code":"DENIED","message":"%s"}]} https://ghcr.io/v2/octo/app/tags/list`},
}

// messages are what the registry says with a reason in it.
var messages = []struct{ row, text string }{
	{"wrong-scopes", "permission_denied: The token provided does not match expected scopes."},
	{"no-write-role", "permission_denied: write_package"},
	{"no-create-right", "permission_denied: create_package"},
	{"no-read-role", "permission_denied: read_package"},
	{"app-cannot-create", "installation not allowed to Create organization package"},
	{"app-cannot-write", "installation not allowed to Write organization package"},
	{"installation-gone", "permission_denied: The requested installation does not exist."},
	{"org-forbids-classic", "permission_denied: `octo` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions."},
	{"secondary-limit", `permission_denied: Error from intermediary with HTTP status code 403 "Forbidden" - with-body: { "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."`},
	{"basic-auth", "invalid token"},
}

// spoken are all messages in all shells.
func spoken() []output {
	var all []output
	for _, m := range messages {
		for _, s := range shells {
			if s.engine == "docker compose" && m.row == "basic-auth" {
				continue // the code stands on another line there
			}
			quoted := strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(m.text)
			out := strings.NewReplacer("%s", m.text, "%q", quoted).Replace(s.text)
			all = append(all, output{m.row, s.engine, out, "ghcr.io/octo/app"})
		}
	}
	return all
}

// outputs are real texts that do not come out of a shell: what an engine says
// itself, and what people posted.
var outputs = []output{
	{"bearer-refused", "docker push", "The push refers to repository [ghcr.io/octo/app]\nunauthorized: unauthenticated: User cannot be authenticated with the token provided.", "ghcr.io/octo/app"},
	{"bearer-refused", "podman", "Trying to pull ghcr.io/octo/app:v0.4.13...\nError: parsing image configuration: unable to retrieve auth token: invalid username/password: unauthorized: unauthenticated: User cannot be authenticated with the token provided.", "ghcr.io/octo/app:v0.4.13"},
	{"bearer-refused", "crane", "POST https://ghcr.io/v2/octo/app/blobs/uploads/: UNAUTHORIZED: unauthenticated: User cannot be authenticated with the token provided.", "ghcr.io/octo/app"},

	{"login-denied", "docker login", `Error response from daemon: Get "https://ghcr.io/v2/": denied: denied`, ""},
	{"login-denied", "GitHub Actions", "2026-08-04T14:06:11.1234567Z Logging into ghcr.io...\n2026-08-04T14:06:11.9Z ##[error]Error response from daemon: Get \"https://ghcr.io/v2/\": denied: denied", ""},

	{"manifest-denied", "docker pull", `Error response from daemon: Head "https://ghcr.io/v2/octo/app/manifests/v2.0": denied: denied`, "ghcr.io/octo/app:v2.0"},
	{"manifest-denied", "docker manifest", `Get "https://ghcr.io/v2/octo/app/manifests/1": denied: denied`, "ghcr.io/octo/app:1"},
	{"manifest-denied", "docker build", "Step 1/1 : FROM ghcr.io/octo/app:1\nHead \"https://ghcr.io/v2/octo/app/manifests/1\": denied: denied", "ghcr.io/octo/app:1"},
	{"manifest-denied", "docker compose", "[+] Running 4/4\n ✘ api Error   0.6s\nError response from daemon: Head \"https://ghcr.io/v2/octo/app/manifests/0.2037.0\": denied: denied", "ghcr.io/octo/app:0.2037.0"},

	{"token-refused", "buildx", "ERROR: failed to solve: ghcr.io/octo/app:main: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull&service=ghcr.io: 403 Forbidden", "ghcr.io/octo/app:main"},
	{"token-refused", "buildx, older", "failed to solve: ghcr.io/octo/app:0.3.1: failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden", "ghcr.io/octo/app:0.3.1"},
	{"token-refused", "helm", `Error: INSTALLATION FAILED: GET "https://ghcr.io/v2/octo/app/tags/list": GET "https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull&service=ghcr.io": response status code 403: denied: denied`, "ghcr.io/octo/app"},
	{"token-refused", "helm 3.13", "Error: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aocto%2Fcharts%2Fapp%3Apull&service=ghcr.io: 403 Forbidden", "ghcr.io/octo/charts/app"},
	{"token-refused", "containerd", `ctr: failed to resolve reference "ghcr.io/octo/app:1": failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden`, "ghcr.io/octo/app:1"},
	{"token-refused", "kubelet", `Warning  Failed     13s (x2 over 26s)  kubelet            Failed to pull image "ghcr.io/octo/app:latest": failed to pull and unpack image "ghcr.io/octo/app:latest": failed to resolve reference "ghcr.io/octo/app:latest": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull&service=ghcr.io: 403 Forbidden`, "ghcr.io/octo/app:latest"},
	{"token-refused", "crane", "Error: fetching manifest ghcr.io/octo/app:1: GET https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull&service=ghcr.io: DENIED: denied", "ghcr.io/octo/app:1"},

	{"no-credential-sent", "buildx", "#18 pushing layers 0.0s done\n#18 ERROR: failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden", ""},
	{"no-credential-sent", "buildx, newer", "#10 ERROR: failed to push ghcr.io/octo/app:v0.4.0: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull%2Cpush&service=ghcr.io: 403 Forbidden", "ghcr.io/octo/app:v0.4.0"},

	{"token-refused-podman", "podman pull", "Trying to pull ghcr.io/octo/app:1...\nError: initializing source docker://ghcr.io/octo/app:1: Requesting bearer token: invalid status code from registry 403 (Forbidden)", "ghcr.io/octo/app:1"},
	{"token-refused-podman", "podman, older", "Error: Error initializing source docker://ghcr.io/octo/app:latest: Requesting bear token: invalid status code from registry 403 (Forbidden)", "ghcr.io/octo/app:latest"},
	{"token-refused-podman", "podman push", "Error: trying to reuse blob sha256:f91ea5d7ff5ac9d0400a14afcb65099561c4541d5f5d77bf4a77e576c5bf7a1d at destination: Requesting bearer token: invalid status code from registry 403 (Forbidden)", ""},
	{"token-refused-podman", "podman login", `Error: authenticating creds for "ghcr.io": Requesting bearer token: invalid status code from registry 403 (Forbidden)`, ""},
	{"token-refused-podman", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="Error parsing image name \"docker://ghcr.io/octo/app:1\": Requesting bearer token: invalid status code from registry 403 (Forbidden)"`, "ghcr.io/octo/app:1"},
	{"token-refused-podman", "skopeo, newer", `level=fatal msg="Error parsing image name \"docker://ghcr.io/octo/app:1\": Requesting bearer token: received unexpected HTTP status: 403 Forbidden"`, "ghcr.io/octo/app:1"},

	{"pull-denied", "podman pull", "Error: initializing source docker://ghcr.io/octo/app:1: reading manifest 1 in ghcr.io/octo/app: denied: denied", "ghcr.io/octo/app:1"},
	{"pull-denied", "podman pull, newer", "Error: initializing source docker://ghcr.io/octo/app:1: reading manifest 1 in ghcr.io/octo/app: denied", "ghcr.io/octo/app:1"},
	{"pull-denied", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="Error parsing image name \"docker://ghcr.io/octo/app:1\": reading manifest 1 in ghcr.io/octo/app: denied: denied"`, "ghcr.io/octo/app:1"},
	{"pull-denied", "docker pull", "Error response from daemon: pull access denied for ghcr.io/octo/app, repository does not exist or may require 'docker login': denied: denied", "ghcr.io/octo/app"},
	{"pull-denied", "helm", `Error: failed to perform "FetchReference" on source: GET "https://ghcr.io/v2/octo/app/manifests/1": response status code 403: denied: denied`, "ghcr.io/octo/app:1"},
	{"pull-denied", "crane", "Error: fetching manifest ghcr.io/octo/app:1: GET https://ghcr.io/v2/octo/app/manifests/1: DENIED: denied", "ghcr.io/octo/app:1"},

	{"manifest-unauthorized", "docker pull", `Error response from daemon: Head "https://ghcr.io/v2/octo/app/manifests/latest": unauthorized`, "ghcr.io/octo/app:latest"},
	{"manifest-unauthorized", "kubelet", `Failed to pull image "ghcr.io/octo/app:latest" Error response from daemon: Get https://ghcr.io/v2/octo/app/manifests/latest: unauthorized`, "ghcr.io/octo/app:latest"},
	{"manifest-unauthorized", "podman", "Error: initializing source docker://ghcr.io/octo/app:1: reading manifest 1 in ghcr.io/octo/app: unauthorized", "ghcr.io/octo/app:1"},
	{"manifest-unauthorized", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="Error parsing image name \"docker://ghcr.io/octo/app:1\": reading manifest 1 in ghcr.io/octo/app: unauthorized"`, "ghcr.io/octo/app:1"},
	{"unauthorized", "docker pull 20.10", "Error response from daemon: unauthorized", ""},
	{"unauthorized", "docker push", "The push refers to repository [ghcr.io/octo/app]\nf91ea5d7ff5a: Retrying in 2 seconds\nf91ea5d7ff5a: Retrying in 1 second\nunauthorized", "ghcr.io/octo/app"},

	{"no-credential", "curl", `https://ghcr.io/v2/octo/app/manifests/latest {"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`, "ghcr.io/octo/app:latest"},
	{"no-credential", "podman push", "Error: trying to reuse blob sha256:f91ea5d7ff5ac9d0400a14afcb65099561c4541d5f5d77bf4a77e576c5bf7a1d at destination: checking whether a blob sha256:f91ea5d7ff5ac9d0400a14afcb65099561c4541d5f5d77bf4a77e576c5bf7a1d exists in ghcr.io/octo/app: unauthorized: authentication required", "ghcr.io/octo/app"},
	{"no-credential", "containerd", `ctr: failed to resolve reference "ghcr.io/octo/app:1": pulling from host ghcr.io failed with status code [manifests 1]: 401 Unauthorized`, "ghcr.io/octo/app:1"},
	{"no-credential", "docker, containerd store", `Error response from daemon: unknown: failed to resolve reference "ghcr.io/octo/app:1": unexpected status from HEAD request to https://ghcr.io/v2/octo/app/manifests/1: 401 Unauthorized`, "ghcr.io/octo/app:1"},

	{"no-access", "helm", `Error: failed to perform "FetchReference" on source: GET "https://ghcr.io/v2/octo/app/manifests/1": GET "https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull&service=ghcr.io": response status code 403: denied: requested access to the resource is denied`, "ghcr.io/octo/app:1"},
	{"no-access", "library", "GET https://ghcr.io/token?scope=repository%3Aocto%2Fapp%3Apull&service=ghcr.io: DENIED: requested access to the resource is denied", "ghcr.io/octo/app"},
	{"basic-auth", "curl", `https://ghcr.io/v2/octo/app/tags/list: {"errors":[{"code":"DENIED","message":"invalid token"}]}`, "ghcr.io/octo/app"},

	{"push-403", "buildx", "ERROR: failed to solve: failed to push ghcr.io/octo/app:0.1.5: unexpected status from HEAD request to https://ghcr.io/v2/octo/app/blobs/sha256:47289e83a07a72d51da5a8aa17e424eaf900f89d6df10d6a408f8c2afe22de22: 403 Forbidden", "ghcr.io/octo/app:0.1.5"},
	{"push-403", "buildx", "Error: buildx failed with: ERROR: failed to solve: failed to push ghcr.io/octo/app:0.7.2: unexpected status from POST request to https://ghcr.io/v2/octo/app/blobs/uploads/: 403 Forbidden", "ghcr.io/octo/app:0.7.2"},
	{"push-403", "buildx, older", "#32 pushing layers 1.5s done\n#32 ERROR: unexpected status: 403 Forbidden\n------\n > exporting to image:\n------\nERROR: failed to solve: unexpected status: 403 Forbidden", ""},
	{"push-403", "buildx, 2020", "failed to solve: rpc error: code = Unknown desc = unexpected status: 403 Forbidden", ""},
	{"push-403", "containerd", "config-sha256:f059: done |\x1b[32m++++++\x1b[0m|\r\nctr: failed commit on ref \"manifest-sha256:3c921faef2894a1b4e63df3ece8ae9c08d283a2908f12e234828da34a3044652\": unexpected status: 403 Forbidden", ""},
	{"pull-403", "docker, containerd store", `Error response from daemon: unknown: failed to resolve reference "ghcr.io/octo/app:latest": unexpected status from HEAD request to https://ghcr.io/v2/octo/app/manifests/latest: 403 Forbidden`, "ghcr.io/octo/app:latest"},
	{"pull-403", "containerd", `ctr: failed to resolve reference "ghcr.io/octo/app:1": pulling from host ghcr.io failed with status code [manifests 1]: 403 Forbidden`, "ghcr.io/octo/app:1"},
	{"no-write-role-podman", "podman push", "Error: trying to reuse blob sha256:b2d5eeeaba3a22b9b8aa97261957974a6bd65274ebd43e1d81d0a7b8b752b116 at destination: failed to read from destination repository octo/app: 403 (Forbidden)", ""},
	{"insufficient-scope", "buildx", "#8 ERROR: failed to push ghcr.io/octo/app:0.82.0: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed", "ghcr.io/octo/app:0.82.0"},

	{"manifest-unknown", "docker pull", "Error response from daemon: manifest unknown", ""},
	{"manifest-unknown", "podman", "Error: initializing source docker://ghcr.io/octo/app:none: reading manifest none in ghcr.io/octo/app: manifest unknown", "ghcr.io/octo/app:none"},
	{"manifest-unknown", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="Error parsing image name \"docker://ghcr.io/octo/app:none\": reading manifest none in ghcr.io/octo/app: manifest unknown"`, "ghcr.io/octo/app:none"},
	{"manifest-unknown", "crane", "Error: fetching manifest ghcr.io/octo/app:none: GET https://ghcr.io/v2/octo/app/manifests/none: MANIFEST_UNKNOWN: manifest unknown", "ghcr.io/octo/app:none"},
	{"manifest-unknown", "containerd", `ctr: failed to resolve reference "ghcr.io/octo/app:none": ghcr.io/octo/app:none: not found`, "ghcr.io/octo/app:none"},
	{"no-platform", "docker pull", "Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries", ""},
	{"no-platform", "buildx", "ERROR: failed to solve: ghcr.io/octo/app:1: no match for platform in manifest: not found", "ghcr.io/octo/app:1"},
	{"no-platform", "podman", `Error: choosing an image from manifest list docker://ghcr.io/octo/app:1: no image found in image index for architecture arm64, variant "v8", OS linux`, "ghcr.io/octo/app:1"},

	{"upper-case", "docker pull", "invalid reference format: repository name (Octo/app) must be lowercase", ""},
	{"upper-case", "docker tag", `Error parsing reference: "ghcr.io/Octo/app:1" is not a valid repository/tag: invalid reference format: repository name (Octo/app) must be lowercase`, "ghcr.io/Octo/app:1"},
	{"upper-case", "podman pull", "Error: repository name must be lowercase", ""},
	{"upper-case", "podman push", `Error: Invalid image name "ghcr.io/Octo/app:1", unknown transport "ghcr.io/Octo/app"`, "ghcr.io/Octo/app:1"},
	{"upper-case", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="Error parsing image name \"docker://ghcr.io/Octo/app:1\": invalid reference format: repository name must be lowercase"`, "ghcr.io/Octo/app:1"},
	{"upper-case", "buildx", `ERROR: invalid tag "ghcr.io/Octo/app:1": repository name must be lowercase`, "ghcr.io/Octo/app:1"},

	{"burst-limit", "docker pull", "failed to pull ghcr.io/octo/app: Error response from daemon: toomanyrequests: retry-after: 880.092µs, allowed: 44000/minute", "ghcr.io/octo/app"},
	{"burst-limit", "crane", "POST https://ghcr.io/v2/octo/app/blobs/uploads/: TOOMANYREQUESTS: retry-after: 10.305464ms, allowed: 2000/minute", "ghcr.io/octo/app"},
	{"burst-limit", "oras", "ERROR: oras.logger:retry-after: 1.889377ms, allowed: 2000/minute\nError: Issue with https://ghcr.io/v2/octo/app/blobs/upload/... : Too Many Requests", "ghcr.io/octo/app"},
	{"burst-limit", "buildx", "#30 ERROR: failed to copy: httpReadSeeker: failed open: unexpected status code https://ghcr.io/v2/octo/app/blobs/sha256:f6d240177c52f64e99f6e65d17a5ccaa4e67a79a92a25789dd5d56c05da7e41b: 429 Too Many Requests - Server message: toomanyrequests: retry-after: 333.939671ms", "ghcr.io/octo/app"},

	{"old-registry-token", "docker login", "Error response from daemon: Get https://docker.pkg.github.com/v2/: unauthorized: Your request could not be authenticated by the GitHub Packages service. Please ensure your access token is valid and has the appropriate scopes configured.", ""},
	{"old-registry-scope", "docker pull", "Error response from daemon: Get https://docker.pkg.github.com/v2/octo/app/web/manifests/1: unauthorized: Your token has not been granted the required scopes to execute this query. The 'name' field requires one of the following scopes: ['repo'], but your token has only been granted the: ['read:packages'] scopes.", "docker.pkg.github.com/octo/app/web:1"},
	{"runner-login", "GitHub Actions", "2026-08-04T14:06:11.9Z ##[error]Docker login for 'ghcr.io' failed with exit code 1", ""},
	{"actions-denied", "GitHub Actions", "2026-08-04T14:06:11.1Z Run docker pull ghcr.io/octo/app:1\n2026-08-04T14:06:12.1Z Error response from daemon: denied\n2026-08-04T14:06:12.2Z ##[error]Process completed with exit code 1.", "ghcr.io/octo/app:1"},

	{"org-forbids-fine-grained", "gh", "HTTP 403: `octo` forbids access via a personal access token with fine-grained permissions. Please use a GitHub App, or an OAuth App. (https://api.github.com/graphql)", ""},
	{"org-token-lifetime", "gh", "The 'octo' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 90 days. Please adjust your token's lifetime at the following URL: https://github.com/settings/personal-access-tokens/1", ""},
	{"git-forbids-classic", "git", "remote: Personal access tokens (classic) are forbidden from accessing this repository.", ""},
	{"sso-required", "gh", "HTTP 403: Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.", ""},
	{"sso-required", "gh", "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.", ""},
	{"ip-allow-list", "gh", "Although you appear to have the correct authorization credentials, the `octo` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.", ""},
	{"not-accessible", "gh", "Resource not accessible by personal access token", ""},
	{"not-accessible", "GitHub Actions", "HttpError: Resource not accessible by integration", ""},
	{"bad-credentials", "gh", `{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}`, ""},
	{"no-rate-limit", "curl", `{"message":"Rate limiting is not enabled.","documentation_url":"https://docs.github.com"}`, ""},

	{"denied", "docker push", "The push refers to repository [ghcr.io/octo/app]\nf91ea5d7ff5a: Preparing\ndenied: denied", "ghcr.io/octo/app"},
	{"denied", "docker 29", "Error response from daemon: error from registry: denied\ndenied", ""},
	{"denied", "docker compose", "Failed creating container: Pull image error ghcr.io/octo/app:latest: Error response from daemon: denied", "ghcr.io/octo/app:latest"},
	{"denied", "curl", `{"errors":[{"code":"DENIED","message":"denied"}]}`, ""},
	{"denied", "somebody", "denied", ""},

	{"helper-cannot-push", "docker 29", "error getting credentials - err: exit status 1, out: `docker-credential-ghcr: error: the token of mona can pull from ghcr.io but not push: it has read:packages and lacks write:packages`", ""},
	{"helper-cannot-push", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="Error parsing image name \"docker://ghcr.io/octo/app:1\": getting username and password: 1 error occurred:\n\t* error getting credentials - err: exit status 1, out: ` + "`docker-credential-ghcr: error: the token of mona can pull from ghcr.io but not push: it has read:packages and lacks write:packages`" + `\n\n"`, "ghcr.io/octo/app:1"},
	{"helper-cannot-push", "docker 28, then anonymous", "docker-credential-ghcr: error: the token of mona can pull from ghcr.io but not push: it has read:packages and lacks write:packages\nThe push refers to repository [ghcr.io/octo/app]\ndenied: denied", "ghcr.io/octo/app"},
	{"helper-lacks-scope", "podman", "Error: initializing source docker://ghcr.io/octo/app:1: getting username and password: 1 error occurred:\n\t* error getting credentials - err: exit status 1, out: `docker-credential-ghcr: error: the token of mona for ghcr.io lacks read:packages: it has no packages scope`", "ghcr.io/octo/app:1"},
	{"helper-dead-token", "docker pull", "docker-credential-ghcr: warning: the token of mona for ghcr.io is expired or revoked, so only public images can be pulled; renew it: docker-credential-ghcr login\nError response from daemon: unauthorized", ""},
	{"helper-dead-token", "oras", `Error: HEAD "https://ghcr.io/v2/octo/app/manifests/1": docker-credential-ghcr: error: the token of mona for ghcr.io is expired or revoked: GitHub does not accept it`, "ghcr.io/octo/app:1"},
	{"helper-dead-token", "docker login", "Error saving credentials: error storing credentials - err: exit status 1, out: `docker-credential-ghcr: error: GitHub does not accept the token: it is expired, revoked or mistyped; nothing is stored`", ""},
	{"helper-wrong-kind", "docker login", "Error saving credentials: error storing credentials - err: exit status 1, out: `docker-credential-ghcr: error: ghcr.io takes no fine-grained token (github_pat_): it wants a personal access token (classic)`", ""},
	{"helper-wrong-kind", "docker login", "docker-credential-ghcr: error: ghcr.io takes no account password: it wants a personal access token (classic)", ""},
	{"helper-empty-variable", "GitHub Actions", "2026-08-04T14:06:11.9Z docker-credential-ghcr: error: GHCR_TOKEN is set but empty", ""},
	{"helper-keyring", "buildx", "ERROR: failed to build: failed to solve: error getting credentials - err: exit status 1, out: `docker-credential-ghcr: error: the token for ghcr.io cannot be used: the OS keyring did not start within 3s`", ""},
	{"helper-error", "docker 29", "error getting credentials - err: exit status 1, out: `docker-credential-ghcr: error: GHCR_STRICT`", ""},
	{"helper-missing", "docker 29", "error getting credentials - err: exec: \"docker-credential-ghcr\": executable file not found in $PATH, out: ``", ""},
	{"helper-missing", "podman", `Error: initializing source docker://ghcr.io/octo/app:1: getting username and password: 1 error occurred: * exec: "docker-credential-ghcr": executable file not found in $PATH`, "ghcr.io/octo/app:1"},
	{"helper-missing", "podman of Debian 12", "Error: initializing source docker://ghcr.io/octo/app:1: getting username and password: 1 error occurred:\n\t* error getting credentials - err: docker-credential-ghcr resolves to executable in current directory (./docker-credential-ghcr), out: ``\n\n\n", "ghcr.io/octo/app:1"},
	{"helper-nothing-stored", "docker push", "docker-credential-ghcr: warning: no token is stored for ghcr.io; to push, run: docker-credential-ghcr login\nThe push refers to repository [ghcr.io/octo/app]\nf91ea5d7ff5a: Preparing\nunauthorized: unauthenticated: User cannot be authenticated with the token provided.", "ghcr.io/octo/app"},
	{"helper-nothing-stored", "podman push", "docker-credential-ghcr: warning: no token is stored for ghcr.io; to push, run: docker-credential-ghcr login\nError: writing blob: initiating layer upload to /v2/octo/app/blobs/uploads/ in ghcr.io: unauthorized: authentication required", ""},
	{"nothing-stored", "somebody", "docker-credential-ghcr: warning: no token is stored for ghcr.io; to push, run: docker-credential-ghcr login", ""},
	{"manifest-unknown", "docker pull of a public image", "docker-credential-ghcr: warning: no token is stored for ghcr.io; to push, run: docker-credential-ghcr login\nError response from daemon: manifest unknown", ""},
	{"helper-nothing-stored", "under sudo", "docker-credential-ghcr: warning: no token is stored for ghcr.io by this user: under sudo the token of mona is not seen\nunauthorized", ""},
	{"no-daemon", "docker pull", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", ""},
	{"no-daemon", "docker 29", "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory", ""},
	{"no-daemon", "podman on a Mac", "Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`", ""},
	{"helper-failed", "docker 29", "error getting credentials - err: exit status 1, out: `no usernames for ghcr.io`", ""},
	{"nothing-stored", "a script", "credentials not found in native keychain", ""},

	{"other-registry", "docker pull", "Error response from daemon: pull access denied for octo/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", ""},
	{"other-registry", "docker push", "The push refers to repository [docker.io/library/app]\nf91ea5d7ff5a: Preparing\ndenied: requested access to the resource is denied", ""},
	{"other-registry", "podman", "Error: trying to reuse blob at destination: checking whether a blob exists in quay.io/octo/app: unauthorized: authentication required", ""},
	{"no-such-host", "docker pull", `Error response from daemon: Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io on 127.0.0.53:53: no such host`, ""},
	{"untrusted-certificate", "podman", `Error: initializing source docker://ghcr.io/octo/app:1: pinging container registry ghcr.io: Get "https://ghcr.io/v2/": x509: certificate signed by unknown authority`, "ghcr.io/octo/app:1"},
	{"timeout", "docker pull", `Error response from daemon: Get "https://ghcr.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`, ""},
	{"timeout", "skopeo", `time="2026-11-24T22:06:54Z" level=fatal msg="pinging container registry ghcr.io: Get \"https://ghcr.io/v2/\": dial tcp 140.82.121.33:443: i/o timeout"`, ""},
}
