package registry

// When is what somebody was doing when a text appeared.
type When string

// The occasions.
const (
	Push  When = "push"
	Pull  When = "pull"
	Login When = "login"
	Any   When = "any"
)

// Words say the same in English and in Chinese, in one line.
type Words struct{ EN, ZH string }

// Row is a text with which a registry or an engine refuses, what it means and
// what helps. To add one: put it before every row whose text it contains, and
// a real output with it into TestEveryRow.
type Row struct {
	ID   string // stable: scripts may compare it
	When When
	Text string // the text as people meet it, with … for what varies
	// Tails find the row: lower case, parts separated by … stand in this order on
	// one line, ^ and $ are the line's ends. Text itself serves where there is none.
	Tails    []string
	Org      string   // regexp whose group is the organization's name, looked for on the line
	Needs    []string // one of these must occur in the output too
	Generic  bool     // other registries say the same
	Cause    Words
	Fix      Words
	Steps    []Words  // more to do or to know
	Suspects []string // rows that may lie behind a text that tells no cause, likeliest first
	Doc      string   // a page of GitHub's about it
}

// Pages of GitHub's documentation.
const (
	docs      = "https://docs.github.com/"
	docGHCR   = docs + "packages/working-with-a-github-packages-registry/working-with-the-container-registry"
	docRoles  = docs + "packages/learn-github-packages/configuring-a-packages-access-control-and-visibility"
	docScopes = docs + "packages/learn-github-packages/about-permissions-for-github-packages"
	docCI     = docs + "packages/managing-github-packages-using-github-actions-workflows/publishing-and-installing-a-package-with-github-actions"
	docSSO    = docs + "enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/authorizing-a-personal-access-token-for-use-with-single-sign-on"
	docPolicy = docs + "organizations/managing-programmatic-access-to-your-organization/setting-a-personal-access-token-policy-for-your-organization"
	docIP     = docs + "enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/managing-allowed-ip-addresses-for-your-organization"
	docDead   = docs + "authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation"
	docLimits = docs + "rest/using-the-rest-api/rate-limits-for-the-rest-api"
	docREST   = docs + "rest/using-the-rest-api/troubleshooting-the-rest-api"
	docOld    = docs + "packages/working-with-a-github-packages-registry/migrating-to-the-container-registry-from-the-docker-registry"
)

// What several rows say.
var (
	renew      = Words{"make a new token (classic) and store it: docker-credential-ghcr login", "新建一个经典令牌（classic）并保存：docker-credential-ghcr login"}
	storeOne   = Words{"store one: docker-credential-ghcr login", "保存一个：docker-credential-ghcr login"}
	runDoctor  = Words{"run: docker-credential-ghcr doctor IMAGE", "运行：docker-credential-ghcr doctor IMAGE"}
	grantWrite = Words{"give the account, or on GitHub Actions the repository, the Write role: package settings, Manage Actions access or Manage access", "在软件包设置的 Manage Actions access 或 Manage access 中，给该账户（在 GitHub Actions 中则是该代码库）授予 Write 角色"}
	grantRead  = Words{"ask the owner for the Read role on the package, or to make it public", "请所有者授予该软件包的 Read 角色，或把软件包设为公开"}
	pullPublic = Words{"to pull public images without a token: docker logout ghcr.io, or podman logout ghcr.io", "只想不带令牌拉取公开镜像：docker logout ghcr.io 或 podman logout ghcr.io"}
	whoAmI     = Words{"look for another credential that wins over the stored one: auths in ~/.docker/config.json and in podman's auth.json", "检查是否有别的凭据优先于已保存的令牌：~/.docker/config.json 和 podman 的 auth.json 中的 auths"}

	// What may lie behind a denial without words, behind one that speaks of no
	// credential, and behind one of a token that the registry took, likeliest first.
	anyCause    = []string{"bad-credentials", "sso-required", "private-image", "wrong-owner", "org-forbids-classic", "ip-allow-list"}
	nobodyCause = []string{"nothing-stored", "private-image", "sso-required", "wrong-owner", "org-forbids-classic", "ip-allow-list"}
	aliveCause  = []string{"sso-required", "private-image", "wrong-owner", "org-forbids-classic", "ip-allow-list"}
)

// table is ordered: the first row that matches is the answer, so specific rows
// stand before general ones.
var table = []Row{
	// What this program itself says. Engines quote it.
	{ID: "helper-cannot-push", When: Push, Doc: docScopes, Text: "docker-credential-ghcr: error: the token of … can pull from ghcr.io but not push: … lacks write:packages",
		Tails: []string{"but not push: … lacks write:packages"},
		Cause: Words{"the stored token has read:packages and lacks write:packages", "已保存的令牌有 read:packages，但缺少 write:packages"},
		Fix:   Words{"tick write:packages on the token's page at https://github.com/settings/tokens (the token stays the same)", "在 https://github.com/settings/tokens 的令牌页面勾选 write:packages（令牌本身不变）"},
		Steps: []Words{{"then authorise the token for SSO again, if the organization uses it: editing the scopes takes that away", "如果组织使用 SSO，之后要重新授权该令牌：修改作用域会撤销授权"}}},
	{ID: "helper-lacks-scope", When: Any, Doc: docScopes, Text: "docker-credential-ghcr: error: the token … lacks read:packages: it has …",
		Tails: []string{"docker-credential-ghcr: error: … lacks read:packages", "docker-credential-ghcr: error: … lacks write:packages"},
		Cause: Words{"the stored token has no packages scope that suffices", "已保存的令牌没有足够的 packages 作用域"},
		Fix:   Words{"tick write:packages (or read:packages to pull only) on the token's page at https://github.com/settings/tokens", "在 https://github.com/settings/tokens 的令牌页面勾选 write:packages（只拉取则勾选 read:packages）"}},
	{ID: "helper-dead-token", When: Any, Doc: docDead, Text: "docker-credential-ghcr: error: the token … is expired or revoked: GitHub does not accept it",
		Tails: []string{"docker-credential-ghcr: … is expired or revoked", "docker-credential-ghcr: … github does not accept the token"},
		Cause: Words{"GitHub does not accept the stored token: it is expired, revoked or mistyped", "GitHub 不接受已保存的令牌：已过期、已撤销或输入有误"}, Fix: renew},
	{ID: "helper-wrong-kind", When: Any, Doc: docGHCR, Text: "docker-credential-ghcr: error: ghcr.io takes no fine-grained token (github_pat_): it wants a personal access token (classic)",
		Tails: []string{"docker-credential-ghcr: … wants a personal access token (classic)", "takes no fine-grained token"},
		Cause: Words{"the registry takes personal access tokens (classic) only, not fine-grained ones, refresh tokens or passwords", "镜像仓库只接受经典个人访问令牌（classic），不接受细粒度令牌、刷新令牌或账户密码"},
		Fix:   Words{"make one at https://github.com/settings/tokens/new?scopes=write:packages and run: docker-credential-ghcr login", "在 https://github.com/settings/tokens/new?scopes=write:packages 新建一个，然后运行：docker-credential-ghcr login"}},
	{ID: "helper-empty-variable", When: Any, Doc: docCI, Text: "docker-credential-ghcr: error: GHCR_TOKEN is set but empty",
		Cause: Words{"GHCR_TOKEN is empty: the secret has another name, or the run comes from a fork or from Dependabot, which get no secrets", "GHCR_TOKEN 为空：机密名称不对，或者运行来自 fork 或 Dependabot（它们拿不到机密）"},
		Fix:   Words{"compare the secret's name with the workflow's; skip the push on forks and Dependabot", "核对机密名称与工作流中的名称；在 fork 和 Dependabot 的运行中跳过推送"}},
	{ID: "helper-keyring", When: Any, Text: "docker-credential-ghcr: error: the token for ghcr.io cannot be used: the OS keyring …",
		Tails: []string{"docker-credential-ghcr: error: … keyring"},
		Cause: Words{"the OS keyring is locked, absent or does not answer (ssh, sudo, cron and WSL have none)", "操作系统密钥环被锁定、不存在或没有响应（ssh、sudo、cron 和 WSL 中没有密钥环）"},
		Fix:   Words{"unlock the keyring, or keep the token in the encrypted file: docker-credential-ghcr login --storage file", "解锁密钥环，或把令牌存入加密文件：docker-credential-ghcr login --storage file"}},
	{ID: "helper-nothing-stored", When: Any, Text: "docker-credential-ghcr: warning: no token is stored for …",
		Tails: []string{"docker-credential-ghcr: warning: no token is stored"}, Needs: []string{"unauthorized", "authentication required", "denied", "forbidden"},
		Cause: Words{"the engine asked the helper, and no token is stored for this host (by this user: under sudo it is root)", "引擎询问了凭据助手，但没有为此主机保存令牌（就当前用户而言；用 sudo 时是 root）"},
		Fix:   storeOne},
	{ID: "helper-error", When: Any, Text: "docker-credential-ghcr: error: …", Tails: []string{"docker-credential-ghcr: error: "},
		Cause: Words{"the credential helper could not give a token; its own line says why", "凭据助手没能给出令牌；原因见它输出的那一行"}, Fix: runDoctor},
	{ID: "helper-missing", When: Any, Text: `exec: "docker-credential-ghcr": executable file not found in $PATH`,
		Tails: []string{`docker-credential-… executable file not found in`, `docker-credential-… resolves to executable in current directory`},
		Cause: Words{"the engine's configuration names a credential helper that is not on its PATH (older podman and skopeo then speak of the current directory)", "引擎配置中指定的凭据助手不在它的 PATH 里（旧版 podman 和 skopeo 此时会提到当前目录）"},
		Fix:   Words{"install it into a folder on the PATH of the engine (with sudo: of root), or take it out: docker-credential-ghcr unconfigure", "把它安装到引擎 PATH 中的目录（用 sudo 时是 root 的 PATH），或移除配置：docker-credential-ghcr unconfigure"}},

	// What the registry says of rights.
	{ID: "wrong-scopes", When: Any, Doc: docScopes, Text: "denied: permission_denied: The token provided does not match expected scopes.", Tails: []string{"token provided does not match expected scopes"},
		Cause: Words{"the token lacks write:packages (for a pull: read:packages), or it is fine-grained, or an older credential was sent", "令牌缺少 write:packages（拉取时为 read:packages），或是细粒度令牌，或发送的是旧凭据"},
		Fix:   Words{"tick write:packages at https://github.com/settings/tokens, or with gh: gh auth refresh -h github.com -s write:packages", "在 https://github.com/settings/tokens 勾选 write:packages；使用 gh 时：gh auth refresh -h github.com -s write:packages"},
		Steps: []Words{whoAmI, {"after editing the scopes authorise the token for SSO again, if the organization uses it", "如果组织使用 SSO，修改作用域后要重新授权该令牌"}}},
	{ID: "no-write-role", When: Push, Doc: docRoles, Text: "denied: permission_denied: write_package", Tails: []string{"permission_denied: write_package"},
		Cause: Words{"the scopes suffice, but the account or repository has no write role on this package (made by hand, by another repository, or before the repository was made anew)", "作用域足够，但该账户或代码库对此软件包没有写入角色（软件包由手工或其他代码库创建，或代码库被重建过）"}, Fix: grantWrite},
	{ID: "no-create-right", When: Push, Doc: docRoles, Text: "denied: permission_denied: create_package", Tails: []string{"permission_denied: create_package"},
		Cause: Words{"the account may not make packages under this owner, or the owner in the image name is wrong", "该账户不能在此所有者下创建软件包，或镜像名中的所有者写错了"},
		Fix:   Words{"correct the owner in ghcr.io/OWNER/IMAGE, or ask the organization's owner to allow it: settings, Packages, Package creation", "改正 ghcr.io/OWNER/IMAGE 中的所有者，或请组织所有者在 Settings → Packages → Package creation 中允许"}},
	{ID: "no-read-role", When: Pull, Doc: docRoles, Text: "denied: permission_denied: read_package", Tails: []string{"permission_denied: read_package"},
		Cause: Words{"the login is good, but the package is private and the account has no read role on it", "登录有效，但软件包是私有的，该账户没有读取角色"}, Fix: grantRead},
	{ID: "app-cannot-create", When: Push, Doc: docCI, Text: "denied: installation not allowed to Create organization package", Tails: []string{"installation not allowed to create organization package"},
		Cause: Words{"the workflow lacks packages: write, or pushes under another owner than its repository's, or the organization does not let workflows make packages", "工作流缺少 packages: write，或推送到了与代码库不同的所有者，或组织不允许工作流创建软件包"},
		Fix:   Words{"add permissions: packages: write to the job and use ghcr.io/OWNER-OF-THE-REPOSITORY/IMAGE", "在 job 中加上 permissions: packages: write，并使用 ghcr.io/代码库所有者/IMAGE"},
		Steps: []Words{{"if it stays: allow it in the organization's settings, Packages, or push the first version with a personal token", "如果仍然失败：在组织设置的 Packages 中允许，或用个人令牌推送第一个版本"}}},
	{ID: "app-cannot-write", When: Push, Doc: docCI, Text: "denied: installation not allowed to Write organization package", Tails: []string{"installation not allowed to write organization package"},
		Cause: Words{"the workflow's token is read-only: packages: write is missing, or the run comes from a fork or from Dependabot, or the organization forbids it", "工作流的令牌是只读的：缺少 packages: write，或运行来自 fork 或 Dependabot，或组织禁止写入"},
		Fix:   Words{"add permissions: packages: write to the job, and do not push on pull requests of forks and of Dependabot", "在 job 中加上 permissions: packages: write；不要在 fork 和 Dependabot 的拉取请求中推送"}, Steps: []Words{grantWrite}},
	{ID: "installation-gone", When: Push, Doc: docCI, Text: "denied: permission_denied: The requested installation does not exist.", Tails: []string{"requested installation does not exist"},
		Cause: Words{"the token belongs to an installation that is gone, as after the repository moved to another owner", "令牌所属的安装已不存在，例如代码库被转移到了其他所有者"},
		Fix:   Words{"log in with the workflow's own GITHUB_TOKEN, or with a new token", "改用工作流自己的 GITHUB_TOKEN 或新令牌登录"}},
	{ID: "org-forbids-classic", When: Any, Doc: docPolicy, Text: "`ORG` forbids access via a personal access token (classic).", Tails: []string{"forbids access via a personal access token (classic)"}, Org: "[`'\"]?([A-Za-z0-9_-]+)[`'\"]? (?:organization )?forbids access via",
		Cause: Words{"the organization forbids classic tokens, and the registry takes no fine-grained ones", "组织禁止经典令牌，而镜像仓库又不接受细粒度令牌"},
		Fix:   Words{"use a token of the gh program: gh auth refresh -s write:packages, then gh auth token; on GitHub Actions the GITHUB_TOKEN", "使用 gh 程序的令牌：gh auth refresh -s write:packages，然后 gh auth token；在 GitHub Actions 中使用 GITHUB_TOKEN"}},
	{ID: "org-forbids-fine-grained", When: Any, Doc: docPolicy, Text: "`ORG` forbids access via a personal access token with fine-grained permissions.", Tails: []string{"forbids access via a personal access token with fine-grained permissions"}, Org: "[`'\"]?([A-Za-z0-9_-]+)[`'\"]? (?:organization )?forbids access via",
		Cause: Words{"the organization forbids fine-grained tokens", "组织禁止细粒度令牌"},
		Fix:   Words{"use a token of the gh program or, for the registry, a classic token", "使用 gh 程序的令牌；访问镜像仓库请用经典令牌"}},
	{ID: "org-token-lifetime", When: Any, Doc: docPolicy, Text: "The 'ORG' organization forbids access via … if the token's lifetime is greater than … days.", Tails: []string{"forbids access via … lifetime is greater than"}, Org: "'([A-Za-z0-9_-]+)' organization forbids",
		Cause: Words{"the token lives longer than the organization allows", "令牌的有效期超过了组织允许的上限"},
		Fix:   Words{"make a token that expires sooner, at the address in the message", "到消息中的网址，新建一个有效期更短的令牌"}},
	{ID: "git-forbids-classic", When: Any, Doc: docPolicy, Text: "remote: Personal access tokens (classic) are forbidden from accessing this repository.", Tails: []string{"personal access tokens (classic) are forbidden"},
		Cause: Words{"git says it: the organization forbids classic tokens", "这是 git 的消息：组织禁止经典令牌"},
		Fix:   Words{"for git use ssh or gh; for the registry see org-forbids-classic", "git 请用 ssh 或 gh；镜像仓库见 org-forbids-classic"}},
	{ID: "sso-required", When: Any, Doc: docSSO, Text: "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.", Tails: []string{"protected by organization saml enforcement"},
		Cause: Words{"the organization uses single sign-on, and the token is not authorised for it", "组织使用单点登录（SSO），而该令牌尚未获得授权"},
		Fix:   Words{"at https://github.com/settings/tokens press Configure SSO beside the token and authorise the organization; for gh: gh auth refresh", "在 https://github.com/settings/tokens 点击令牌旁的 Configure SSO 并授权该组织；使用 gh 时：gh auth refresh"}},
	{ID: "ip-allow-list", When: Any, Doc: docIP, Text: "… the `ORG` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.", Tails: []string{"has an ip allow list enabled"}, Org: "[`'\"]([A-Za-z0-9_-]+)[`'\"] organization has an IP allow list",
		Cause: Words{"the organization lets only certain networks in, and this address is not among them", "组织只允许特定网络访问，当前 IP 不在其中"},
		Fix:   Words{"use an allowed network or VPN, or ask the organization's owner to add the address", "改用允许的网络或 VPN，或请组织所有者添加该地址"}},

	// What the registry and GitHub say of tokens.
	{ID: "bearer-refused", When: Any, Doc: docDead, Text: "unauthorized: unauthenticated: User cannot be authenticated with the token provided.", Tails: []string{"user cannot be authenticated with the token provided"},
		Cause: Words{"the token is expired, revoked or cut short; GitHub had this text during an outage too", "令牌已过期、已撤销或不完整；GitHub 故障期间也出现过这条消息"}, Fix: renew,
		Steps: []Words{{"look for an incident at https://www.githubstatus.com", "在 https://www.githubstatus.com 查看是否有故障"}}},
	{ID: "old-registry-token", When: Any, Doc: docOld, Text: "unauthorized: Your request could not be authenticated by the GitHub Packages service.", Tails: []string{"could not be authenticated by the github packages service"},
		Cause: Words{"the token is invalid or lacks the scope; old hosts such as docker.pkg.github.com say it so", "令牌无效或缺少作用域；docker.pkg.github.com 等旧主机会这样提示"},
		Fix:   Words{"use ghcr.io/OWNER/IMAGE and a new token (classic)", "改用 ghcr.io/OWNER/IMAGE 和新的经典令牌"}},
	{ID: "old-registry-scope", When: Any, Doc: docOld, Text: "Your token has not been granted the required scopes to execute this query.", Tails: []string{"token has not been granted the required scopes"},
		Cause: Words{"the old registry docker.pkg.github.com needs the scope repo too", "旧镜像仓库 docker.pkg.github.com 还需要 repo 作用域"},
		Fix:   Words{"move to ghcr.io, where read:packages or write:packages suffices", "迁移到 ghcr.io，只需 read:packages 或 write:packages"}},
	{ID: "not-accessible", When: Any, Doc: docREST, Text: "Resource not accessible by personal access token", Tails: []string{"resource not accessible by personal access token", "resource not accessible by integration"},
		Cause: Words{"the API says it: a fine-grained token or an App's token lacks a permission", "这是 API 的消息：细粒度令牌或 App 令牌缺少某项权限"},
		Fix:   Words{"for the registry use a token (classic) with write:packages; on GitHub Actions add the permission to the job", "访问镜像仓库请用带 write:packages 的经典令牌；在 GitHub Actions 中给 job 加上该权限"}},
	{ID: "secondary-limit", When: Any, Doc: docLimits, Text: "You have exceeded a secondary rate limit", Tails: []string{"exceeded a secondary rate limit"},
		Cause: Words{"too many requests in a short time; the token and its rights are fine", "短时间内请求过多；令牌和权限都没有问题"},
		Fix:   Words{"wait two to five minutes and try again; run fewer jobs at once", "等待两到五分钟后重试；减少同时运行的任务"}},
	{ID: "burst-limit", When: Any, Text: "toomanyrequests: retry-after: …, allowed: …/minute", Tails: []string{"retry-after: … allowed: …/minute", "toomanyrequests: retry-after"},
		Cause: Words{"the registry's limit for bursts; the wait that it names is very short", "触发了镜像仓库的突发限制；它要求的等待时间很短"},
		Fix:   Words{"try again; pull or push fewer layers and images at once", "重试；减少同时拉取或推送的层和镜像"}},
	{ID: "upper-case", When: Any, Text: "invalid reference format: repository name (Owner/name) must be lowercase", Tails: []string{"repository name must be lowercase", "repository name (…) must be lowercase", "invalid image name … unknown transport \"ghcr.io/"},
		Cause: Words{"the image name has capital letters; nothing was sent to the registry", "镜像名含有大写字母；没有向镜像仓库发送任何请求"},
		Fix:   Words{"write it in lower case; in bash ${IMAGE,,}, since github.repository keeps capitals", "改为小写；bash 中用 ${IMAGE,,}，因为 github.repository 会保留大写"}},
	{ID: "runner-login", When: Login, Text: "Docker login for 'ghcr.io' failed with exit code 1", Tails: []string{"docker login for 'ghcr.io' failed"},
		Cause: Words{"a runner of GitHub Enterprise Server sent that server's token to ghcr.io", "GitHub Enterprise Server 的 runner 把该服务器的令牌发给了 ghcr.io"},
		Fix:   Words{"give the job a token of github.com, or none: public images need none", "给 job 提供 github.com 的令牌，或不提供：公开镜像不需要令牌"}},
	{ID: "basic-auth", When: Any, Doc: docGHCR, Text: `{"code":"DENIED","message":"invalid token"}`, Tails: []string{`"denied","message":"invalid token"`, "denied: invalid token"}, Generic: true,
		Cause: Words{"the client sent user name and token straight to /v2/ instead of exchanging them for a bearer at /token", "客户端把用户名和令牌直接发到了 /v2/，而没有先在 /token 换取 bearer"},
		Fix:   Words{"use a client that follows the Bearer challenge, or ask /token first", "使用支持 Bearer 质询的客户端，或先请求 /token"}},

	// How engines say that the token exchange failed.
	{ID: "token-refused", When: Any, Doc: docDead, Text: "failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token?…: 403 Forbidden",
		Tails: []string{"failed to fetch oauth token: … 403 forbidden", "failed to fetch oauth token: … 401 unauthorized", "/token?… status code 403: denied: denied", "/token?… denied: denied", "/token: denied"}, Generic: true,
		Cause: Words{"the registry does not take the credential that was sent: the token is expired, revoked or mistyped; public images fail as well", "镜像仓库不接受所发送的凭据：令牌已过期、已撤销或有误；公开镜像也会失败"}, Fix: renew, Steps: []Words{pullPublic, whoAmI}},
	{ID: "no-credential-sent", When: Any, Text: "failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden", Tails: []string{"failed to fetch anonymous token: … 403 forbidden", "failed to fetch anonymous token: … 401 unauthorized"}, Generic: true,
		Cause: Words{"no credential reached the builder: no login, the helper is not on its PATH, or DOCKER_CONFIG points elsewhere", "构建器没有拿到任何凭据：未登录、凭据助手不在 PATH 中，或 DOCKER_CONFIG 指向别处"},
		Fix:   Words{"log in before the build: docker-credential-ghcr login, then docker-credential-ghcr doctor", "在构建前登录：docker-credential-ghcr login，然后 docker-credential-ghcr doctor"}},
	{ID: "token-refused-podman", When: Any, Doc: docDead, Text: "Requesting bearer token: invalid status code from registry 403 (Forbidden)",
		Tails: []string{"requesting bear… token: invalid status code from registry 403", "requesting bear… token: received unexpected http status: 403", "unable to retrieve auth token: invalid username/password"}, Generic: true,
		Cause: Words{"podman, buildah or skopeo sent a credential that the registry does not take: expired, revoked or mistyped; public images fail as well", "podman、buildah 或 skopeo 发送的凭据不被接受：已过期、已撤销或有误；公开镜像也会失败"}, Fix: renew,
		Steps: []Words{{"an old login may win over the helper: look into $XDG_RUNTIME_DIR/containers/auth.json and ~/.config/containers/auth.json", "旧的登录可能优先于凭据助手：检查 $XDG_RUNTIME_DIR/containers/auth.json 和 ~/.config/containers/auth.json"}, pullPublic}},

	// How engines say that a push or a pull was refused without words.
	{ID: "no-write-role-podman", When: Push, Doc: docRoles, Text: "trying to reuse blob … at destination: failed to read from destination repository …: 403 (Forbidden)", Tails: []string{"failed to read from destination repository … 403 (forbidden)"}, Generic: true,
		Cause: Words{"podman or buildah may not write to this package: no write role, or the package is not granted to this repository", "podman 或 buildah 不能写入此软件包：没有写入角色，或软件包没有授权给此代码库"}, Fix: grantWrite},
	{ID: "push-403", When: Push, Doc: docRoles, Text: "unexpected status from HEAD request to https://ghcr.io/v2/…/blobs/sha256:…: 403 Forbidden", Generic: true,
		Tails: []string{"unexpected status from …/blobs/… 403 forbidden", "unexpected status from put request … 403 forbidden", "failed commit on ref … 403 forbidden", "failed to push … 403 forbidden", "failed to solve: … unexpected status: 403 forbidden", "^unexpected status: 403 forbidden"},
		Cause: Words{"the token was taken, but it may not write to this package: no write role, or the scope write:packages is missing", "令牌有效，但不能写入此软件包：没有写入角色，或缺少 write:packages 作用域"}, Fix: grantWrite, Steps: []Words{runDoctor}, Suspects: aliveCause},
	{ID: "pull-403", When: Pull, Doc: docRoles, Text: "unexpected status from HEAD request to https://ghcr.io/v2/…/manifests/…: 403 Forbidden", Generic: true,
		Tails: []string{"unexpected status from …/manifests/… 403 forbidden", "failed with status code [manifests … 403 forbidden", "/manifests/… 403 (forbidden)"},
		Cause: Words{"the token was taken, but it may not read this package, or there is no such package", "令牌有效，但不能读取此软件包，或软件包不存在"}, Fix: grantRead, Suspects: aliveCause},
	{ID: "insufficient-scope", When: Any, Text: "server message: insufficient_scope: authorization failed", Tails: []string{"insufficient_scope: authorization failed"},
		Cause: Words{"the credential was taken, but not for this repository; Docker Hub says it so, hence the image name may name the wrong registry", "凭据有效，但不适用于此仓库；这是 Docker Hub 的典型消息，镜像名可能写错了镜像仓库"},
		Fix:   Words{"see that the image name begins with ghcr.io/, then see that the token has write:packages", "确认镜像名以 ghcr.io/ 开头，再确认令牌有 write:packages"}},
	{ID: "login-denied", When: Login, Doc: docGHCR, Text: `Get "https://ghcr.io/v2/": denied: denied`, Tails: []string{`get "https://…/v2/": denied`, `get https://…/v2/: denied`}, Generic: true,
		Cause: Words{"the login was refused: the token is invalid, expired or empty, or an account password was used", "登录被拒绝：令牌无效、已过期或为空，或使用了账户密码"},
		Fix:   Words{"log in with a token (classic) instead of the password: docker-credential-ghcr login", "使用经典令牌而不是密码登录：docker-credential-ghcr login"}},
	{ID: "manifest-unknown", When: Pull, Text: "manifest unknown", Tails: []string{"manifest unknown", "manifest_unknown", "name unknown", "name_unknown", "ctr: …: not found$"},
		Cause: Words{"this tag or digest does not exist (no latest, cleaned up, renamed); the login is fine", "此标签或摘要不存在（没有 latest、已被清理或改名）；登录没有问题"},
		Fix:   Words{"look at the package's page for the versions that exist, and name one", "在软件包页面查看现有版本，并指定其中一个"}},
	{ID: "no-platform", When: Pull, Text: "no matching manifest for linux/arm64/v8 in the manifest list entries", Tails: []string{"no matching manifest for", "no image found in … for architecture", "no match for platform in manifest"},
		Cause: Words{"the image exists, but not for this kind of machine", "镜像存在，但没有适用于本机平台的版本"},
		Fix:   Words{"name another platform (--platform linux/amd64), or ask the image's author for this one", "指定其他平台（--platform linux/amd64），或请镜像作者提供此平台"}},
	{ID: "other-registry", When: Any, Text: "pull access denied for IMAGE, repository does not exist or may require 'docker login'",
		Tails: []string{"pull access denied for docker.io/"},
		Cause: Words{"another registry refused, not GitHub's; a name without ghcr.io/ goes to Docker Hub", "拒绝请求的是其他镜像仓库，不是 GitHub 的；不带 ghcr.io/ 的名称会发往 Docker Hub"},
		Fix:   Words{"write the whole name: ghcr.io/OWNER/IMAGE", "写出完整名称：ghcr.io/OWNER/IMAGE"}},
	{ID: "manifest-denied", When: Pull, Doc: docDead, Text: `Head "https://ghcr.io/v2/…/manifests/…": denied: denied`, Tails: []string{`/manifests/…": denied`}, Generic: true,
		Cause: Words{"most often the stored token is expired or revoked: ghcr.io then refuses public images as well; else the image is private", "最常见的是已保存的令牌过期或被撤销：此时 ghcr.io 连公开镜像也会拒绝；否则镜像是私有的"}, Fix: renew, Steps: []Words{pullPublic}, Suspects: anyCause},
	{ID: "no-access", When: Any, Doc: docRoles, Text: "DENIED: requested access to the resource is denied", Tails: []string{"requested access to the resource is denied"}, Generic: true,
		Cause: Words{"the package is private or does not exist, and what was sent (a token or nothing) does not open it", "软件包是私有的或不存在，所发送的凭据（或没有凭据）无法访问"}, Fix: grantRead, Suspects: aliveCause},
	{ID: "pull-denied", When: Pull, Doc: docRoles, Text: "pull access denied for ghcr.io/…, repository does not exist or may require 'docker login': denied: denied", Generic: true,
		Tails: []string{"pull access denied for", "reading manifest … denied: denied", "reading manifest …: denied$", `/manifests/…": response status code 403: denied`, `/manifests/…": unexpected status code 403: denied`, `/tags/list": response status code 403: denied`, "/manifests/…: denied: denied"},
		Cause: Words{"the token was taken, but it may not read this package, or there is no such package", "令牌有效，但不能读取此软件包，或软件包不存在"}, Fix: grantRead, Suspects: aliveCause},
	{ID: "no-credential", When: Any, Doc: docGHCR, Text: "unauthorized: authentication required", Tails: []string{"authentication required", "failed with status code [manifests … 401 unauthorized", "unexpected status from …/v2/… 401 unauthorized"}, Generic: true,
		Cause: Words{"no credential was sent: the engine knows no helper for this host, or the helper has no token for it", "没有发送凭据：引擎没有为此主机配置凭据助手，或助手没有此主机的令牌"},
		Fix:   Words{"store a token and tell the engines: docker-credential-ghcr login, then docker-credential-ghcr configure", "保存令牌并配置引擎：docker-credential-ghcr login，然后 docker-credential-ghcr configure"}},
	{ID: "manifest-unauthorized", When: Pull, Doc: docRoles, Text: `Head "https://ghcr.io/v2/…/manifests/…": unauthorized`, Tails: []string{`/manifests/…": unauthorized`, "/manifests/…: unauthorized", "reading manifest …: unauthorized$"}, Generic: true,
		Cause: Words{"the image is private, and no credential or one without access was sent; in an organization with SSO the token may lack its authorisation", "镜像是私有的，没有发送凭据或凭据没有访问权；在使用 SSO 的组织中，令牌可能尚未授权"},
		Fix:   Words{"store a token with read:packages, authorise it for SSO, or make the package public", "保存带 read:packages 的令牌，为其完成 SSO 授权，或把软件包设为公开"}, Suspects: nobodyCause},
	{ID: "bad-credentials", When: Any, Doc: docDead, Text: "Bad credentials", Tails: []string{"bad credentials"},
		Cause: Words{"GitHub does not know the token: it is mistyped, expired or revoked", "GitHub 不认识该令牌：输入有误、已过期或已撤销"}, Fix: renew},
	{ID: "no-rate-limit", When: Any, Text: "Rate limiting is not enabled.", Tails: []string{"rate limiting is not enabled"},
		Cause: Words{"an Enterprise Server without rate limits says it; it is harmless", "未启用速率限制的 Enterprise Server 会这样提示；无害"}, Fix: Words{"nothing to do", "无需处理"}},
	{ID: "actions-denied", When: Pull, Doc: docCI, Text: "Error response from daemon: denied", Tails: []string{"error response from daemon: denied$"}, Needs: []string{"##["}, Generic: true,
		Cause: Words{"the workflow has a permissions block that does not name packages, so its token has no right to them", "工作流的 permissions 块没有列出 packages，因此令牌没有该权限"},
		Fix:   Words{"add packages: read to the permissions of the job", "在 job 的 permissions 中加上 packages: read"}, Suspects: anyCause},
	{ID: "private-image", When: Pull, Doc: docRoles, Text: "denied (the image is private)",
		Cause: Words{"the image is private, and no credential or one without a role on it was sent; an empty auths entry counts as none", "镜像是私有的，没有发送凭据或凭据没有相应角色；空的 auths 条目等于没有凭据"}, Fix: grantRead},
	{ID: "wrong-owner", When: Any, Text: "denied (no such owner or image)",
		Cause: Words{"the owner or the image name is mistyped: the registry denies what does not exist", "所有者或镜像名写错了：对不存在的软件包，镜像仓库也会拒绝"},
		Fix:   Words{"compare the name with the package's page: https://github.com/OWNER?tab=packages", "与软件包页面核对名称：https://github.com/OWNER?tab=packages"}},
	{ID: "denied", When: Any, Doc: docGHCR, Text: "denied", Tails: []string{"denied: denied", ": denied$", "^denied$", `"code":"denied","message":"denied"`, `"code": "denied", "message": "denied"`}, Generic: true,
		Cause: Words{"the registry gives no reason; most often the stored token is expired or revoked", "镜像仓库没有给出原因；最常见的是已保存的令牌过期或被撤销"}, Fix: runDoctor, Suspects: anyCause},
	{ID: "unauthorized", When: Any, Doc: docGHCR, Text: "unauthorized", Tails: []string{": unauthorized$", "^unauthorized$", `"code":"unauthorized"`}, Generic: true,
		Cause: Words{"no credential was sent, or one without access to a private package", "没有发送凭据，或凭据无权访问私有软件包"}, Fix: runDoctor, Suspects: nobodyCause},

	// What keeps an engine from asking at all.
	{ID: "nothing-stored", When: Any, Text: "credentials not found in native keychain", Tails: []string{"credentials not found in native keychain", "no token is stored for"},
		Cause: Words{"no token is stored for this host", "没有为此主机保存令牌"}, Fix: storeOne},
	{ID: "helper-failed", When: Any, Text: "error getting credentials - err: exit status 1, out: …", Tails: []string{"error getting credentials - err:", "error storing credentials - err:"},
		Cause: Words{"a credential helper failed; its own words stand behind out:", "凭据助手执行失败；它的消息在 out: 之后"}, Fix: runDoctor},
	{ID: "no-daemon", When: Any, Text: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
		Tails: []string{"cannot connect to the docker daemon", "cannot connect to podman", "failed to connect to the docker api"},
		Cause: Words{"the engine itself does not run, or DOCKER_HOST or the context points elsewhere; no registry was asked", "引擎本身没有运行，或 DOCKER_HOST、context 指向别处；没有询问任何镜像仓库"},
		Fix:   Words{"start it: sudo systemctl start docker, Docker Desktop, or podman machine start", "启动它：sudo systemctl start docker、Docker Desktop，或 podman machine start"}},
	{ID: "no-such-host", When: Any, Text: "dial tcp: lookup ghcr.io: no such host", Tails: []string{"lookup ghcr.io… no such host", "lookup ghcr.io… server misbehaving", "lookup ghcr.io… temporary failure"},
		Cause: Words{"the name ghcr.io does not resolve: no network, or a name server that does not answer", "无法解析 ghcr.io：没有网络，或域名服务器没有响应"}, Fix: Words{"see to the network, the name server and the proxy", "检查网络、域名服务器和代理"}},
	{ID: "untrusted-certificate", When: Any, Text: "https://ghcr.io/…: x509: certificate signed by unknown authority", Tails: []string{"ghcr.io… x509:", "ghcr.io… tls: failed to verify certificate"},
		Cause: Words{"something between here and ghcr.io shows a certificate of its own (a proxy of the company, a captive portal), or the clock is wrong", "本机与 ghcr.io 之间有设备出示了自己的证书（公司代理、网络登录页），或系统时间不对"}, Fix: Words{"install the proxy's certificate for the engine, log in to the network, or set the clock", "为引擎安装代理的证书、登录网络，或校准时间"}},
	{ID: "timeout", When: Any, Text: `Get "https://ghcr.io/v2/": context deadline exceeded`, Tails: []string{"ghcr.io… deadline exceeded", "ghcr.io… i/o timeout", "ghcr.io…timeout exceeded", "ghcr.io… connection refused", "ghcr.io… tls handshake timeout"},
		Cause: Words{"ghcr.io does not answer: the network or a proxy drops the connection", "ghcr.io 没有响应：网络或代理中断了连接"}, Fix: Words{"see to the network and to HTTPS_PROXY (of the docker daemon too), and try again", "检查网络和 HTTPS_PROXY（包括 docker 守护进程的），然后重试"}},
}
