// What the images of web servers lay down besides their distribution.
import { directory, link, type Node } from '#shell/files/node.ts'

type Files = Readonly<Record<string, string | Node>>

const NGINX_CONF = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
`

const NGINX_DEFAULT = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`

const NGINX_ERROR = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
</body>
</html>
`

/** `index`: the page that the image serves. */
export const nginxFiles = (index: string): Files => ({
  '/etc/nginx/nginx.conf': NGINX_CONF,
  '/etc/nginx/conf.d/default.conf': NGINX_DEFAULT,
  '/etc/nginx/mime.types':
    'types {\n    text/html                                        html htm shtml;\n    text/css                                         css;\n    application/javascript                           js;\n    application/json                                 json;\n}\n',
  '/usr/share/nginx/html/index.html': index,
  '/usr/share/nginx/html/50x.html': NGINX_ERROR,
  '/var/log/nginx/access.log': link('/dev/stdout'),
  '/var/log/nginx/error.log': link('/dev/stderr'),
  '/var/cache/nginx': directory({}),
  '/docker-entrypoint.d': directory({}),
})

const HTTPD_CONF = `ServerRoot "/usr/local/apache2"
Listen 80
User www-data
Group www-data
ServerAdmin you@example.com
DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>
ErrorLog /proc/self/fd/2
LogLevel warn
CustomLog /proc/self/fd/1 common
`

export const httpdFiles = (index: string): Files => ({
  '/usr/local/apache2/conf/httpd.conf': HTTPD_CONF,
  '/usr/local/apache2/htdocs/index.html': index,
  '/usr/local/apache2/logs': directory({}),
  '/usr/local/apache2/cgi-bin': directory({}),
})
