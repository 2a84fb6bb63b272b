package engine

// dockerIntents are argv of docker, its plugins and its like, with what they want
// of ghcr.io. All that they were seen to run is among them; @ is the plugins' folder.
var dockerIntents = map[Intent]string{
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

nerdctl pull ghcr.io/o/app
nerdctl run -d ghcr.io/o/app push
`,
	Login: `
docker login
docker login ghcr.io
docker login -u push --password-stdin ghcr.io
docker --config d login ghcr.io
docker login localhost:5000
docker logout ghcr.io

nerdctl login ghcr.io
`,
	Elsewhere: `
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
`,
}
